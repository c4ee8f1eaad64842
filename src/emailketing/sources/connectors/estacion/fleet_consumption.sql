-- One row for each vehicle; `_contact` says whose it is.
SELECT 'customer\:' || c.id AS _contact, c.razon_social AS fleet, x.chapa AS plate,
       x.marca || ' ' || x.modelo AS vehicle, x.chofer AS driver, p.descripcion AS fuel,
       count(*) AS fuellings, round(sum(f.litros), 3) AS litres, sum(f.importe) AS amount,
       max(f.odometro) - min(f.odometro) AS km, x.limite_litros AS month_limit
FROM venta_combustible f
JOIN venta v ON v.id = f.venta_id
JOIN vehiculo x ON x.id = f.vehiculo_id
JOIN cliente c ON c.id = x.cliente_id
JOIN producto p ON p.id = x.producto_id
WHERE v.estado = 'emitida' AND v.fecha >= :period_from AND v.fecha < :period_until
GROUP BY c.id, c.razon_social, x.id, x.chapa, x.marca, x.modelo, x.chofer, p.descripcion,
         x.limite_litros
ORDER BY c.razon_social, c.id, x.chapa
