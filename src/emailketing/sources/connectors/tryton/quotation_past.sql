SELECT id FROM sale_sale WHERE state = 'quotation' ORDER BY id
