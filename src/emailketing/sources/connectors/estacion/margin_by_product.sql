-- Without VAT: the tax is one eleventh or one twenty-first of what stands there. Litres have three
-- decimals: the cost is summed in thousandths, so that it is exact on every database.
SELECT m.code, m.description, m.product_group, m.quantity, m.net_sales, m.net_cost,
       m.net_sales - m.net_cost AS margin,
       round((m.net_sales - m.net_cost) * 1.0 / nullif(m.net_sales, 0), 6) AS share
FROM (
  SELECT t.code, t.description, t.product_group, t.quantity,
         t.total - coalesce(round(t.total / t.part), 0) AS net_sales,
         round(t.cost / 1000.0) - coalesce(round(t.cost / 1000.0 / t.part), 0) AS net_cost
  FROM (
    SELECT p.codigo AS code, p.descripcion AS description, r.nombre AS product_group,
           CASE p.iva WHEN 10 THEN 11.0 WHEN 5 THEN 21.0 END AS part,
           round(sum(l.cantidad), 3) AS quantity, sum(l.total) AS total,
           sum(CAST(round(l.cantidad * 1000) AS BIGINT) * l.costo) AS cost
    FROM venta_linea l
    JOIN venta v ON v.id = l.venta_id
    JOIN sucursal s ON s.id = v.sucursal_id
    JOIN producto p ON p.id = l.producto_id
    JOIN rubro r ON r.id = p.rubro_id
    WHERE v.estado = 'emitida' AND v.fecha >= :period_from AND v.fecha < :period_until
      AND (CAST(:branch AS VARCHAR(3)) IS NULL OR s.codigo = CAST(:branch AS VARCHAR(3)))
    GROUP BY p.codigo, p.descripcion, p.iva, r.nombre
  ) t
) m
ORDER BY margin DESC, m.code
