SELECT o.numero AS number, o.fecha AS date, o.entrega AS delivery_date, o.estado AS state,
       o.moneda AS currency, o.condicion AS conditions, o.observacion AS notes,
       o.motivo_anulacion AS reason, s.nombre AS branch, s.direccion AS branch_address, s.ciudad AS branch_city,
       coalesce(c.email, n.email) AS reply_to,
       coalesce(c.nombre, n.nombre) AS buyer, coalesce(c.email, n.email) AS buyer_email,
       coalesce(c.telefono, n.telefono) AS buyer_phone,
       p.id AS "party.key", p.razon_social AS "party.name", p.ruc AS "party.tax_id",
       p.direccion AS "party.address", p.ciudad AS "party.city", p.telefono AS "party.phone",
       p.idioma AS "party.language",
       (SELECT k.valor FROM proveedor_contacto k
        WHERE k.proveedor_id = p.id AND k.tipo = 'email' AND k.uso IN ('pedidos', 'general')
        ORDER BY CASE k.uso WHEN 'pedidos' THEN 0 ELSE 1 END, k.id LIMIT 1) AS "party.email",
       o.gravada_10 + o.gravada_5 + o.exenta AS "totals.untaxed",
       o.iva_10 + o.iva_5 AS "totals.tax", o.total AS "totals.total"
FROM orden_compra o
JOIN proveedor p ON p.id = o.proveedor_id
JOIN sucursal s ON s.id = o.sucursal_id
JOIN usuario n ON n.codigo = o.creado_por
LEFT JOIN usuario c ON c.codigo = o.confirmado_por
WHERE o.id = :key
