SELECT id FROM venta
WHERE estado = 'emitida' AND condicion = 'credito' AND saldo > 0 AND cliente_id IS NOT NULL
