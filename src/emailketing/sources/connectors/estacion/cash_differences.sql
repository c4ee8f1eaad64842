SELECT u.nombre AS cashier, s.nombre AS branch, count(*) AS shifts,
       sum(CASE WHEN t.diferencia <> 0 THEN 1 ELSE 0 END) AS with_difference,
       sum(CASE WHEN t.diferencia < 0 THEN t.diferencia ELSE 0 END) AS shortage,
       sum(CASE WHEN t.diferencia > 0 THEN t.diferencia ELSE 0 END) AS overage,
       sum(t.diferencia) AS difference
FROM caja_cierre t
JOIN caja c ON c.id = t.caja_id
JOIN sucursal s ON s.id = c.sucursal_id
JOIN usuario u ON u.codigo = t.cajero
WHERE t.estado = 'cerrada' AND t.fecha >= :period_from AND t.fecha < :period_until
  AND (CAST(:branch AS VARCHAR(3)) IS NULL OR s.codigo = CAST(:branch AS VARCHAR(3)))
GROUP BY u.codigo, u.nombre, s.codigo, s.nombre
ORDER BY sum(t.diferencia), u.nombre, s.codigo
