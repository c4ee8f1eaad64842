SELECT purchase.number AS "number", purchase.purchase_date AS "date", party.name AS "supplier",
       purchase.state AS "state", purchase.shipment_state AS "shipment",
       purchase.invoice_state AS "invoice", purchase.total_amount_cache AS "total",
       currency.code AS "currency"
FROM purchase_purchase purchase
JOIN party_party party ON party.id = purchase.party
JOIN currency_currency currency ON currency.id = purchase.currency
WHERE purchase.state IN ('confirmed', 'processing')
ORDER BY purchase.purchase_date, purchase.id
