SELECT r.nombre AS product_group, round(sum(l.cantidad), 3) AS quantity, sum(l.total) AS total,
       round(sum(l.total) * 1.0 / sum(sum(l.total)) OVER (), 6) AS share
FROM venta_linea l
JOIN venta v ON v.id = l.venta_id
JOIN sucursal s ON s.id = v.sucursal_id
JOIN producto p ON p.id = l.producto_id
JOIN rubro r ON r.id = p.rubro_id
WHERE v.estado = 'emitida' AND v.fecha >= :period_from AND v.fecha < :period_until
  AND (CAST(:branch AS VARCHAR(3)) IS NULL OR s.codigo = CAST(:branch AS VARCHAR(3)))
GROUP BY r.id, r.nombre
ORDER BY sum(l.total) DESC, r.nombre
