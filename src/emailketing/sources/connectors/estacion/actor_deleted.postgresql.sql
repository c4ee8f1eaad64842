-- A number can be given again: the note of an earlier deletion names nobody. (The station's clock is
-- local, ours is UTC.)
SELECT usuario FROM bitacora
WHERE accion = 'eliminar' AND tabla = CAST(:table AS text) AND registro = CAST(:key AS text)
  AND abs(extract(epoch FROM cuando - timezone('UTC', CAST(:at AS timestamptz)))) < 86400
ORDER BY id DESC LIMIT 1
