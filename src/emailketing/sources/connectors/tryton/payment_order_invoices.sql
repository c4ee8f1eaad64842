-- The invoice whose due line is paid: the supplier knows it by his own number.
SELECT coalesce(nullif(invoice.reference, ''), invoice.number) AS "number",
       invoice.invoice_date AS "date", line.maturity_date AS "due_date",
       invoice.total_amount_cache AS "total", payment.amount AS "paid",
       abs(line.credit - line.debit) - payment.amount AS "balance"
FROM account_payment payment
JOIN account_move_line line ON line.id = payment.line
JOIN account_move move ON move.id = line.move
JOIN account_invoice invoice ON invoice.move = move.id
WHERE payment.id = CAST(:key AS integer)
