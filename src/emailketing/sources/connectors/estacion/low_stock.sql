SELECT s.nombre AS branch, p.codigo AS code, p.descripcion AS description,
       e.cantidad AS quantity, e.minimo AS minimum
FROM existencia e
JOIN producto p ON p.id = e.producto_id
JOIN sucursal s ON s.id = e.sucursal_id
WHERE e.cantidad < e.minimo
ORDER BY s.nombre, p.descripcion
