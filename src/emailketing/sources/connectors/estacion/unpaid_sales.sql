SELECT v.numero AS number, v.fecha AS date, v.vencimiento AS due_date, c.razon_social AS customer,
       v.total AS total, v.saldo AS balance
FROM venta v JOIN cliente c ON c.id = v.cliente_id
WHERE v.estado = 'emitida' AND v.saldo > 0
ORDER BY v.vencimiento, v.numero
