SELECT v.numero AS number, v.fecha AS date, v.vencimiento AS due_date, v.estado AS state,
       'PYG' AS currency, v.condicion AS kind, v.saldo AS balance, v.total - v.saldo AS paid,
       s.nombre AS branch,
       v.gravada_10 + v.gravada_5 + v.exenta AS "totals.untaxed",
       v.iva_10 + v.iva_5 AS "totals.tax", v.total AS "totals.total",
       c.id AS "party.key", c.razon_social AS "party.name", c.ruc AS "party.tax_id",
       c.direccion AS "party.address", c.ciudad AS "party.city", c.telefono AS "party.phone",
       c.idioma AS "party.language"
FROM venta v
JOIN sucursal s ON s.id = v.sucursal_id
JOIN cliente c ON c.id = v.cliente_id
WHERE v.id = :key
