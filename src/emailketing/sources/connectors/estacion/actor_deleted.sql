SELECT usuario FROM bitacora
WHERE accion = 'eliminar' AND tabla = :table AND registro = :key
ORDER BY id DESC LIMIT 1
