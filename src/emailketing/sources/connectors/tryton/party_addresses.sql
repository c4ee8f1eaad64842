-- In the order the operator gave them; one ticked for invoices and deliveries counts for both.
SELECT CASE m.type WHEN 'email' THEN 'email' ELSE 'phone' END AS "kind", m.value AS "value",
       used.usage AS "usage", m.name AS "person"
FROM party_contact_mechanism m
CROSS JOIN LATERAL (
  SELECT 'invoice' AS usage WHERE m.invoice
  UNION ALL SELECT 'delivery' WHERE m.delivery
  UNION ALL SELECT '' WHERE NOT coalesce(m.invoice, false) AND NOT coalesce(m.delivery, false)
) used
WHERE m.party = CAST(:key AS integer) AND m.active
  AND m.type IN ('email', 'phone', 'mobile', 'whatsapp', 'sms')
ORDER BY m.sequence NULLS FIRST, m.id, used.usage DESC
