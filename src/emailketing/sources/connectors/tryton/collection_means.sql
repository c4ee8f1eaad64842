SELECT journal.name AS "means", line.number AS "number", line.amount AS "amount"
FROM account_statement_line line
JOIN account_statement statement ON statement.id = line.statement
JOIN account_statement_journal journal ON journal.id = statement.journal
WHERE line.id = CAST(:key AS integer)
