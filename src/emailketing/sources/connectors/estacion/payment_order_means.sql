SELECT CASE m.medio WHEN 'efectivo' THEN 'cash' WHEN 'transferencia' THEN 'transfer'
                    ELSE m.medio END AS means,
       m.banco AS bank, m.cuenta AS account, m.numero AS number, m.fecha_pago AS date,
       m.beneficiario AS payee, m.importe AS amount
FROM orden_pago_medio m
WHERE m.orden_pago_id = :key
ORDER BY m.id
