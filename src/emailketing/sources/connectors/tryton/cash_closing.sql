-- A statement of a till's journal: what it held, what came in and went out, what was counted.
SELECT statement.name AS "number", statement.date AS "date", statement.state AS "state",
       currency.code AS "currency", journal.name AS "till", '' AS "shift",
       owner.name AS "branch", coalesce(person.name, '') AS "cashier",
       statement.create_date AS "opened_at", statement.write_date AS "closed_at",
       statement.start_balance AS "opening", sums.income AS "income", sums.outgo AS "outgo",
       statement.start_balance + sums.income - sums.outgo AS "expected",
       statement.end_balance AS "counted",
       statement.end_balance - statement.start_balance - sums.income + sums.outgo AS "difference",
       statement.end_balance AS "totals.total"
FROM account_statement statement
JOIN account_statement_journal journal ON journal.id = statement.journal
JOIN currency_currency currency ON currency.id = journal.currency
JOIN company_company company ON company.id = statement.company
JOIN party_party owner ON owner.id = company.party
LEFT JOIN res_user person ON person.id = statement.create_uid
CROSS JOIN LATERAL (
  SELECT coalesce(sum(line.amount) FILTER (WHERE line.amount > 0), 0) AS income,
         coalesce(-sum(line.amount) FILTER (WHERE line.amount < 0), 0) AS outgo
  FROM account_statement_line line WHERE line.statement = statement.id) sums
WHERE statement.id = CAST(:key AS integer)
