SELECT nombre FROM usuario WHERE codigo = :actor
