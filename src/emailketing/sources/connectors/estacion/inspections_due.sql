-- One row for each vehicle; `_contact` says whose it is.
SELECT 'customer\:' || c.id AS _contact, c.razon_social AS customer, x.chapa AS plate,
       x.marca || ' ' || x.modelo AS vehicle, x.chofer AS driver, x.vence_inspeccion AS due
FROM vehiculo x
JOIN cliente c ON c.id = x.cliente_id
WHERE x.activo = 1 AND x.vence_inspeccion IS NOT NULL
ORDER BY x.vence_inspeccion, x.chapa
