-- One line of a statement: what a customer paid. It counts once the statement is validated.
SELECT coalesce(nullif(line.number, ''), statement.name || '-' || line.id) AS "number",
       coalesce(line.date, statement.date) AS "date", statement.state AS "state",
       currency.code AS "currency", line.description AS "notes", owner.name AS "company",
       journal.name AS "branch", party.id AS "party.key", party.name AS "party.name",
       coalesce(lang.language, '') AS "party.language",
       (SELECT i.code FROM party_identifier i
        WHERE i.party = party.id AND i.active AND i.type IS NOT NULL
        ORDER BY i.type LIKE '%\_vat' DESC, i.sequence NULLS FIRST, i.id LIMIT 1) AS "party.tax_id",
       line.amount AS "totals.total",
       CASE WHEN line.related_to LIKE 'account.invoice,%' THEN line.amount ELSE 0 END
         AS "totals.applied",
       CASE WHEN line.related_to LIKE 'account.invoice,%' THEN 0 ELSE line.amount END
         AS "totals.advance",
       (SELECT coalesce(sum(x.debit - x.credit), 0)
        FROM account_move_line x
        JOIN account_account account ON account.id = x.account
        JOIN account_account_type kind ON kind.id = account.type AND kind.receivable
        WHERE x.party = party.id AND x.reconciliation IS NULL) AS "balance"
FROM account_statement_line line
JOIN account_statement statement ON statement.id = line.statement
JOIN account_statement_journal journal ON journal.id = statement.journal
JOIN currency_currency currency ON currency.id = journal.currency
JOIN company_company company ON company.id = statement.company
JOIN party_party owner ON owner.id = company.party
LEFT JOIN party_party party ON party.id = line.party
LEFT JOIN LATERAL (
  SELECT CASE WHEN left(l.code, 2) IN ('es', 'en', 'pt') THEN left(l.code, 2) END AS language
  FROM party_party_lang pl JOIN ir_lang l ON l.id = pl.lang
  WHERE pl.party = party.id AND (pl.company = statement.company OR pl.company IS NULL)
  ORDER BY pl.company NULLS LAST, pl.id LIMIT 1) lang ON true
WHERE line.id = CAST(:key AS integer)
