SELECT f.id
FROM venta_combustible f
JOIN venta v ON v.id = f.venta_id
JOIN vehiculo x ON x.id = f.vehiculo_id
JOIN cliente c ON c.id = x.cliente_id
WHERE c.control_vehiculos = 1 AND v.estado = 'emitida'
