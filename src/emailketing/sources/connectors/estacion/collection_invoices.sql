SELECT v.numero AS number, v.fecha AS date, v.vencimiento AS due_date, v.total AS total,
       x.importe AS paid, x.saldo AS balance
FROM cobro_aplicado x
JOIN venta v ON v.id = x.venta_id
WHERE x.cobro_id = :key
ORDER BY v.fecha, v.numero
