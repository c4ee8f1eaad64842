SELECT p.codigo AS code, p.descripcion AS description, r.nombre AS family, p.unidad AS unit,
       p.precio AS price, p.iva AS tax_rate, p.activo AS active
FROM producto p JOIN rubro r ON r.id = p.rubro_id
ORDER BY r.orden, p.descripcion
