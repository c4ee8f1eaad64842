SELECT trim(nombre) FROM usuario WHERE codigo = :actor
