-- Posted entries by kind of account, each kind before those below it, as Tryton's own statement
-- has them: the same days a month and a year before beside it. What closes a year is left out.
WITH RECURSIVE spans AS (
  SELECT 'now' AS span, CAST(:period_from AS date) AS first, CAST(:period_until AS date) AS following
  UNION ALL
  SELECT 'month', CAST(:period_month_before_from AS date), CAST(:period_month_before_until AS date)
  UNION ALL
  SELECT 'year', CAST(:period_year_before_from AS date), CAST(:period_year_before_until AS date)
),
kinds AS (
  SELECT kind.id, ARRAY[kind.id] AS ids, ARRAY[coalesce(kind.sequence, 0), kind.id] AS place
  FROM account_account_type kind WHERE kind.parent IS NULL
  UNION ALL
  SELECT kind.id, kinds.ids || kind.id,
         kinds.place || ARRAY[coalesce(kind.sequence, 0), kind.id]
  FROM account_account_type kind JOIN kinds ON kinds.id = kind.parent
),
balances AS (
  SELECT line.account, spans.span, sum(line.credit - line.debit) AS amount
  FROM account_move_line line
  JOIN account_move move ON move.id = line.move
  JOIN account_journal journal ON journal.id = move.journal
  JOIN spans ON move.date >= spans.first AND move.date < spans.following
  WHERE move.state = 'posted' AND journal.type IS DISTINCT FROM 'situation'
  GROUP BY line.account, spans.span
),
sums AS (
  SELECT CASE WHEN balances.amount < 0 THEN coalesce(account.debit_type, account.type)
              WHEN balances.amount > 0 THEN coalesce(account.credit_type, account.type)
              ELSE account.type END AS type,
         CASE balances.span WHEN 'now' THEN balances.amount ELSE 0 END AS amount,
         CASE balances.span WHEN 'month' THEN balances.amount ELSE 0 END AS last_month,
         CASE balances.span WHEN 'year' THEN balances.amount ELSE 0 END AS last_year
  FROM balances JOIN account_account account ON account.id = balances.account
)
SELECT above.name AS "line", cardinality(place.ids) - 1 AS "_level",
       CASE WHEN cardinality(place.ids) = 1 THEN 'result' ELSE '' END AS "_line", party.name AS "company",
       currency.code AS "currency",
       sum(sums.amount) AS "amount", sum(sums.last_month) AS "last_month",
       round((sum(sums.amount) - sum(sums.last_month)) / nullif(abs(sum(sums.last_month)), 0), 6)
         AS "month_change",
       sum(sums.last_year) AS "last_year",
       round((sum(sums.amount) - sum(sums.last_year)) / nullif(abs(sum(sums.last_year)), 0), 6)
         AS "year_change"
FROM sums
JOIN kinds own ON own.id = sums.type
JOIN kinds place ON place.id = ANY(own.ids)
JOIN account_account_type kind ON kind.id = own.id AND kind.statement = 'income'
JOIN account_account_type above ON above.id = place.id
JOIN company_company company ON company.id = above.company
JOIN party_party party ON party.id = company.party
JOIN currency_currency currency ON currency.id = company.currency
GROUP BY company.id, party.name, currency.code, above.name, place.ids, place.place
ORDER BY party.name, company.id, place.place
