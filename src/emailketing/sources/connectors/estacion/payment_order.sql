SELECT o.numero AS number, o.fecha AS date, o.estado AS state, o.moneda AS currency,
       o.cotizacion AS rate, o.observacion AS notes,
       (SELECT min(m.fecha_pago) FROM orden_pago_medio m WHERE m.orden_pago_id = o.id) AS pay_date,
       CASE WHEN EXISTS (SELECT 1 FROM orden_pago_medio m
                         WHERE m.orden_pago_id = o.id AND m.medio IN ('cheque', 'efectivo'))
            THEN 1 ELSE 0 END AS in_person,
       s.nombre AS branch, s.direccion AS branch_address, s.ciudad AS branch_city,
       s.telefono AS branch_phone,
       u.nombre AS prepared_by, u.email AS prepared_email, u.email AS reply_to, u.telefono AS prepared_phone,
       p.id AS "party.key", p.razon_social AS "party.name", p.ruc AS "party.tax_id",
       p.direccion AS "party.address", p.ciudad AS "party.city", p.telefono AS "party.phone",
       p.idioma AS "party.language",
       (SELECT k.valor FROM proveedor_contacto k
        WHERE k.proveedor_id = p.id AND k.tipo = 'email' AND k.uso IN ('pagos', 'general')
        ORDER BY CASE k.uso WHEN 'pagos' THEN 0 ELSE 1 END, k.id LIMIT 1) AS "party.email",
       o.total AS "totals.total", o.retencion AS "totals.withheld", o.neto AS "totals.net"
FROM orden_pago o
JOIN proveedor p ON p.id = o.proveedor_id
JOIN sucursal s ON s.id = o.sucursal_id
JOIN usuario u ON u.codigo = o.creado_por
WHERE o.id = :key
