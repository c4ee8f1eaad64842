SELECT 'transfer' AS "means", journal.name AS "bank", payment.number AS "number",
       payment.date AS "date", party.name AS "payee", payment.amount AS "amount"
FROM account_payment payment
JOIN account_payment_journal journal ON journal.id = payment.journal
JOIN party_party party ON party.id = payment.party
WHERE payment.id = CAST(:key AS integer)
