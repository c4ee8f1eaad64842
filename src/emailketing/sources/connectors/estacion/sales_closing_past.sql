SELECT id FROM ventas_cierre WHERE estado = 'cerrado'
