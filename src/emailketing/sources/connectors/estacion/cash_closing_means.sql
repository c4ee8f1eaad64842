SELECT m.codigo AS code, m.nombre AS name,
       CASE m.codigo WHEN 'efectivo' THEN 'cash' WHEN 'transferencia' THEN 'transfer'
            WHEN 'tarjeta_debito' THEN 'debit_card' WHEN 'tarjeta_credito' THEN 'credit_card'
            WHEN 'credito' THEN 'credit' ELSE m.codigo END AS means,
       CASE m.codigo WHEN 'efectivo' THEN c.apertura ELSE 0 END AS opening,
       coalesce((SELECT sum(x.importe) FROM caja_movimiento x
                 WHERE x.caja_cierre_id = c.id AND x.medio = k.medio AND x.tipo = 'ingreso'), 0)
         AS income,
       coalesce((SELECT sum(x.importe) FROM caja_movimiento x
                 WHERE x.caja_cierre_id = c.id AND x.medio = k.medio AND x.tipo = 'egreso'), 0)
         AS outgo,
       k.esperado AS expected, k.contado AS counted, k.diferencia AS difference
FROM caja_cierre_medio k
JOIN caja_cierre c ON c.id = k.caja_cierre_id
JOIN medio_pago m ON m.codigo = k.medio
WHERE k.caja_cierre_id = :key
ORDER BY m.orden
