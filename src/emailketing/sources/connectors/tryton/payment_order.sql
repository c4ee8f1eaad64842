-- A payment to a supplier, as the module account_payment keeps it; its number comes with the draft.
SELECT payment.number AS "number", payment.date AS "date", payment.date AS "pay_date",
       payment.state AS "state", payment.kind AS "kind", currency.code AS "currency",
       payment.reference AS "reference", owner.name AS "company",
       coalesce(approved.name, '') AS "prepared_by",
       payment.amount AS "totals.total", payment.amount AS "totals.net",
       party.id AS "party.key", party.name AS "party.name",
       coalesce(lang.language, '') AS "party.language",
       (SELECT i.code FROM party_identifier i
        WHERE i.party = party.id AND i.active AND i.type IS NOT NULL
        ORDER BY i.type LIKE '%\_vat' DESC, i.sequence NULLS FIRST, i.id LIMIT 1) AS "party.tax_id"
FROM account_payment payment
JOIN account_payment_journal journal ON journal.id = payment.journal
JOIN currency_currency currency ON currency.id = journal.currency
JOIN company_company company ON company.id = payment.company
JOIN party_party owner ON owner.id = company.party
JOIN party_party party ON party.id = payment.party
LEFT JOIN company_employee approver ON approver.id = payment.approved_by
LEFT JOIN party_party approved ON approved.id = approver.party
LEFT JOIN LATERAL (
  SELECT CASE WHEN left(l.code, 2) IN ('es', 'en', 'pt') THEN left(l.code, 2) END AS language
  FROM party_party_lang pl JOIN ir_lang l ON l.id = pl.lang
  WHERE pl.party = party.id AND (pl.company = payment.company OR pl.company IS NULL)
  ORDER BY pl.company NULLS LAST, pl.id LIMIT 1) lang ON true
WHERE payment.id = CAST(:key AS integer)
