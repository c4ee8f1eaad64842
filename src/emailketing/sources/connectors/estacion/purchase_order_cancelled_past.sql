SELECT id FROM orden_compra WHERE estado = 'anulada' AND numero IS NOT NULL
