SELECT x.cuando AS at, x.concepto AS concept, x.detalle AS description, x.importe AS amount
FROM caja_movimiento x
WHERE x.caja_cierre_id = :key AND x.tipo = 'egreso'
ORDER BY x.cuando, x.id
