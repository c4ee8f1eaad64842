SELECT id FROM account_statement_line WHERE statement = CAST(:id AS integer)
