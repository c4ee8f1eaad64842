SELECT c.sucursal || '-' || c.numero AS number, c.estado AS state, c.anulado AS annulled,
       substr(c.fecha, 1, 4) || '-' || substr(c.fecha, 5, 2) || '-' || substr(c.fecha, 7, 2) AS date,
       c.moneda AS currency, c.nota AS notes, c.total AS "totals.total",
       p.empresa AS "party.key.empresa", p.codigo AS "party.key.codigo", trim(p."Nombre") AS "party.name",
       trim(p.ruc) AS "party.tax_id"
FROM "Comprobante" c LEFT JOIN "CLIENTE" p ON p.empresa = c.empresa AND p.codigo = c.entidad
WHERE c.empresa = :empresa AND c.sucursal = :sucursal AND c.tipo = :tipo AND c.numero = :numero
  AND rtrim(c.tipo) = 'PR'
