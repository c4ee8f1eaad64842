SELECT coalesce(line.date, statement.date) AS "at", party.name AS "concept",
       line.description AS "description", -line.amount AS "amount"
FROM account_statement_line line
JOIN account_statement statement ON statement.id = line.statement
LEFT JOIN party_party party ON party.id = line.party
WHERE line.statement = CAST(:key AS integer) AND line.amount < 0
ORDER BY line.id
