SELECT f.numero AS number, f.fecha AS date, f.vencimiento AS due_date, f.total AS total,
       x.importe AS paid, f.saldo AS balance
FROM orden_pago_factura x
JOIN factura_compra f ON f.id = x.factura_compra_id
WHERE x.orden_pago_id = :key
ORDER BY f.fecha, f.numero
