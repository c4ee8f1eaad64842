SELECT id FROM cobro WHERE estado = 'emitido'
