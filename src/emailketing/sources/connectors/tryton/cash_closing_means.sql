SELECT 'cash' AS "code", journal.name AS "name", statement.start_balance AS "opening",
       sums.income AS "income", sums.outgo AS "outgo",
       statement.start_balance + sums.income - sums.outgo AS "expected",
       statement.end_balance AS "counted",
       statement.end_balance - statement.start_balance - sums.income + sums.outgo AS "difference"
FROM account_statement statement
JOIN account_statement_journal journal ON journal.id = statement.journal
CROSS JOIN LATERAL (
  SELECT coalesce(sum(line.amount) FILTER (WHERE line.amount > 0), 0) AS income,
         coalesce(-sum(line.amount) FILTER (WHERE line.amount < 0), 0) AS outgo
  FROM account_statement_line line WHERE line.statement = statement.id) sums
WHERE statement.id = CAST(:key AS integer)
