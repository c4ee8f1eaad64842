SELECT m.codigo AS code, m.nombre AS name,
       CASE m.codigo WHEN 'efectivo' THEN 'cash' WHEN 'transferencia' THEN 'transfer'
            WHEN 'tarjeta_debito' THEN 'debit_card' WHEN 'tarjeta_credito' THEN 'credit_card'
            WHEN 'credito' THEN 'credit' ELSE m.codigo END AS means, coalesce(now.amount, 0) AS amount,
       CASE WHEN week.closings > 0 THEN coalesce(last.amount, 0) END AS last_week,
       CASE WHEN last.amount > 0
            THEN round((coalesce(now.amount, 0) - last.amount) * 100.0 / last.amount, 1) END
         AS change
FROM medio_pago m
LEFT JOIN (SELECT medio, sum(importe) AS amount
           FROM ventas_cierre_medio WHERE ventas_cierre_id = :key
           GROUP BY medio) now ON now.medio = m.codigo
LEFT JOIN (SELECT k.medio, sum(k.importe) AS amount
           FROM ventas_cierre c
           JOIN ventas_cierre p ON p.sucursal_id = c.sucursal_id AND p.estado = 'cerrado'
                               AND p.fecha = c.fecha - 7
           JOIN ventas_cierre_medio k ON k.ventas_cierre_id = p.id
           WHERE c.id = :key GROUP BY k.medio) last ON last.medio = m.codigo
CROSS JOIN (SELECT count(*) AS closings
            FROM ventas_cierre c
            JOIN ventas_cierre p ON p.sucursal_id = c.sucursal_id AND p.estado = 'cerrado'
                                AND p.fecha = c.fecha - 7
            WHERE c.id = :key) week
WHERE now.medio IS NOT NULL OR last.medio IS NOT NULL
ORDER BY m.orden
