SELECT CASE m.medio WHEN 'efectivo' THEN 'cash' WHEN 'transferencia' THEN 'transfer'
                    WHEN 'tarjeta_debito' THEN 'debit_card'
                    WHEN 'tarjeta_credito' THEN 'credit_card' ELSE m.medio END AS means,
       m.banco AS bank, m.numero AS number, m.importe AS amount
FROM cobro_medio m
WHERE m.cobro_id = :key
ORDER BY m.id
