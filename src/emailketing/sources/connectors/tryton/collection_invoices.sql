SELECT invoice.number AS "number", invoice.invoice_date AS "date",
       invoice.total_amount_cache AS "total", line.amount AS "paid"
FROM account_statement_line line
JOIN account_invoice invoice ON line.related_to = 'account.invoice,' || invoice.id
WHERE line.id = CAST(:key AS integer)
