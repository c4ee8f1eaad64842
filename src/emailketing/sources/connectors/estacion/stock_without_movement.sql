-- At hand, and not sold in the period; the last sale may be of any time before.
SELECT s.nombre AS branch, p.codigo AS code, p.descripcion AS description, r.nombre AS product_group,
       e.cantidad AS quantity, round(e.cantidad * p.costo) AS cost, k.last_sale
FROM existencia e
JOIN producto p ON p.id = e.producto_id
JOIN rubro r ON r.id = p.rubro_id
JOIN sucursal s ON s.id = e.sucursal_id
LEFT JOIN (SELECT v.sucursal_id, l.producto_id, max(v.fecha) AS last_sale
           FROM venta_linea l JOIN venta v ON v.id = l.venta_id
           WHERE v.estado = 'emitida' AND v.fecha < :period_until
           GROUP BY v.sucursal_id, l.producto_id) k
       ON k.sucursal_id = e.sucursal_id AND k.producto_id = e.producto_id
WHERE e.cantidad > 0 AND p.activo = 1 AND (k.last_sale IS NULL OR k.last_sale < :period_from)
  AND (CAST(:branch AS VARCHAR(3)) IS NULL OR s.codigo = CAST(:branch AS VARCHAR(3)))
ORDER BY e.cantidad * p.costo DESC, s.codigo, p.codigo
