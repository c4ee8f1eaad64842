-- What Tryton calls receivable of a party: lines of posted entries not reconciled yet.
SELECT 'party\:' || party.id AS "_contact", party.name AS "customer",
       min(line.maturity_date) AS "oldest_due", currency.code AS "currency",
       sum(CASE WHEN line.age <= 0 THEN line.amount ELSE 0 END) AS "not_due",
       sum(CASE WHEN line.age BETWEEN 1 AND 30 THEN line.amount ELSE 0 END) AS "days_30",
       sum(CASE WHEN line.age BETWEEN 31 AND 60 THEN line.amount ELSE 0 END) AS "days_60",
       sum(CASE WHEN line.age BETWEEN 61 AND 90 THEN line.amount ELSE 0 END) AS "days_90",
       sum(CASE WHEN line.age > 90 THEN line.amount ELSE 0 END) AS "over_90",
       sum(line.amount) AS "total"
FROM (
  SELECT l.party, l.debit - l.credit AS amount, l.maturity_date, move.company,
         CAST(:day AS date) - coalesce(l.maturity_date, move.date) AS age
  FROM account_move_line l
  JOIN account_move move ON move.id = l.move
  JOIN account_account account ON account.id = l.account
  JOIN account_account_type kind ON kind.id = account.type
  WHERE kind.receivable AND l.reconciliation IS NULL AND move.state = 'posted'
    AND l.party IS NOT NULL
) line
JOIN party_party party ON party.id = line.party
JOIN company_company company ON company.id = line.company
JOIN currency_currency currency ON currency.id = company.currency
GROUP BY party.id, party.name, company.id, currency.code
HAVING sum(line.amount) <> 0
ORDER BY sum(line.amount) DESC, party.name, party.id
