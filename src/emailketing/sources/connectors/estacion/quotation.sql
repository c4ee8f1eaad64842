SELECT q.numero AS number, q.fecha AS date, q.validez AS valid_until, q.estado AS state,
       q.moneda AS currency, q.condicion AS conditions, q.observacion AS notes,
       s.nombre AS branch, s.direccion AS branch_address, s.ciudad AS branch_city,
       v.nombre AS seller, v.email AS seller_email,
       v.email AS reply_to, v.telefono AS seller_phone,
       c.id AS "party.key", c.razon_social AS "party.name", c.ruc AS "party.tax_id",
       c.direccion AS "party.address", c.ciudad AS "party.city", c.telefono AS "party.phone",
       c.idioma AS "party.language",
       (SELECT k.valor FROM cliente_contacto k
        WHERE k.cliente_id = c.id AND k.tipo = 'email' AND k.uso IN ('ventas', 'general')
        ORDER BY CASE k.uso WHEN 'ventas' THEN 0 ELSE 1 END, k.id LIMIT 1) AS "party.email",
       q.gravada_10 + q.gravada_5 + q.exenta AS "totals.untaxed",
       q.iva_10 + q.iva_5 AS "totals.tax", q.total AS "totals.total"
FROM presupuesto q
JOIN cliente c ON c.id = q.cliente_id
JOIN sucursal s ON s.id = q.sucursal_id
JOIN usuario v ON v.codigo = q.vendedor
WHERE q.id = :key
