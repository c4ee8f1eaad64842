SELECT codigo AS value, nombre AS label FROM sucursal ORDER BY codigo
