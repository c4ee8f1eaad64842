-- A number can be given again: the note of an earlier deletion names nobody. (The station's clock is
-- local, ours is UTC.)
SELECT usuario FROM bitacora
WHERE accion = 'eliminar' AND tabla = :table AND registro = :key
  AND abs(julianday(cuando) - julianday(:at)) < 1
ORDER BY id DESC LIMIT 1
