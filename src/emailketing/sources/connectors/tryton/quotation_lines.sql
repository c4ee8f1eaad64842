-- The lines of one quotation; names in the party's language where Tryton has them.
SELECT product.code AS "code",
       concat_ws(' – ', coalesce(nullif(named.value, ''), template.name),
                 nullif(l.description, '')) AS "description",
       l.quantity AS "quantity",
       coalesce(nullif(unit_in.value, ''), unit.symbol) AS "unit",
       l.unit_price AS "unit_price",
       currency.rounding * CASE WHEN abs(l.units - trunc(l.units)) = 0.5 THEN 2 * round(l.units / 2)
                                ELSE round(l.units) END AS "total"
FROM sale_sale sale
JOIN currency_currency currency ON currency.id = sale.currency
JOIN LATERAL (
  SELECT x.*, x.quantity * x.unit_price / currency.rounding AS units
  FROM (SELECT id, sequence, product, description, unit, coalesce(unit_price, 0) AS unit_price,
               CAST(CAST(coalesce(quantity, 0) AS text) AS numeric) AS quantity
        FROM sale_line WHERE sale = sale.id AND type = 'line') x) l ON true
LEFT JOIN LATERAL (
  SELECT lang.code FROM party_party_lang pl JOIN ir_lang lang ON lang.id = pl.lang
  WHERE pl.party = sale.party AND (pl.company = sale.company OR pl.company IS NULL)
  ORDER BY pl.company NULLS LAST, pl.id LIMIT 1) lang ON true
LEFT JOIN product_product product ON product.id = l.product
LEFT JOIN product_template template ON template.id = product.template
LEFT JOIN product_uom unit ON unit.id = l.unit
LEFT JOIN ir_translation named ON named.type = 'model' AND named.res_id = template.id
  AND named.name = 'product.template,name' AND named.lang = lang.code
LEFT JOIN ir_translation unit_in ON unit_in.type = 'model' AND unit_in.res_id = unit.id
  AND unit_in.name = 'product.uom,symbol' AND unit_in.lang = lang.code
WHERE sale.id = CAST(:key AS integer)
ORDER BY l.sequence NULLS FIRST, l.id
