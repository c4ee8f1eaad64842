SELECT s.nombre AS branch, count(*) AS invoices, sum(v.total) AS total
FROM venta v JOIN sucursal s ON s.id = v.sucursal_id
WHERE v.estado = 'emitida' AND v.fecha >= :period_from AND v.fecha < :period_until
  AND (CAST(:branch AS VARCHAR(3)) IS NULL OR s.codigo = CAST(:branch AS VARCHAR(3)))
GROUP BY s.codigo, s.nombre
ORDER BY s.codigo
