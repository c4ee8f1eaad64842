SELECT line.id
FROM account_statement_line line
JOIN account_statement statement ON statement.id = line.statement
WHERE statement.state IN ('validated', 'posted') AND line.amount > 0 AND line.party IS NOT NULL
