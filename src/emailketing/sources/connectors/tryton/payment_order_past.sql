SELECT id FROM account_payment
WHERE kind = 'payable' AND state IN ('approved', 'processing', 'succeeded')
