SELECT id FROM purchase_purchase WHERE state IN ('confirmed', 'processing', 'done') ORDER BY id
