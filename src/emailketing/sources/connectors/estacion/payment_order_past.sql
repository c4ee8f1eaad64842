SELECT id FROM orden_pago WHERE estado IN ('emitida', 'pagada')
