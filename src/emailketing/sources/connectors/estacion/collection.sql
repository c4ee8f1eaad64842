SELECT c.numero AS number, c.fecha AS date, c.estado AS state, 'PYG' AS currency,
       c.observacion AS notes,
       (SELECT coalesce(sum(v.saldo), 0) FROM venta v
        WHERE v.cliente_id = c.cliente_id AND v.estado = 'emitida') AS balance,
       s.nombre AS branch, s.direccion AS branch_address, s.ciudad AS branch_city,
       s.telefono AS branch_phone, u.nombre AS cashier,
       k.id AS "party.key", k.razon_social AS "party.name", k.ruc AS "party.tax_id",
       k.direccion AS "party.address", k.ciudad AS "party.city", k.telefono AS "party.phone",
       k.idioma AS "party.language",
       (SELECT x.valor FROM cliente_contacto x
        WHERE x.cliente_id = k.id AND x.tipo = 'email' AND x.uso IN ('pagos', 'general')
        ORDER BY CASE x.uso WHEN 'pagos' THEN 0 ELSE 1 END, x.id LIMIT 1) AS "party.email",
       c.total AS "totals.total", c.aplicado AS "totals.applied", c.anticipo AS "totals.advance"
FROM cobro c
JOIN cliente k ON k.id = c.cliente_id
JOIN sucursal s ON s.id = c.sucursal_id
JOIN usuario u ON u.codigo = c.creado_por
WHERE c.id = :key
