SELECT p.codigo AS code, l.descripcion AS description, l.cantidad AS quantity, l.unidad AS unit,
       l.precio AS unit_price, l.iva AS tax_rate, l.total AS total
FROM presupuesto_linea l
JOIN producto p ON p.id = l.producto_id
WHERE l.presupuesto_id = :key
ORDER BY l.renglon, l.id
