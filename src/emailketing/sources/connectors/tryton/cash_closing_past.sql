SELECT id FROM account_statement WHERE state IN ('validated', 'posted')
