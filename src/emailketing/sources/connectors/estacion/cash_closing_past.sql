SELECT id FROM caja_cierre WHERE estado = 'cerrada'
