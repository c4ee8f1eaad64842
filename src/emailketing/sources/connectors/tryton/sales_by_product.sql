-- Confirmed sales without tax; each line is rounded half-even, as Tryton rounds it.
SELECT party.name AS "company", product.code AS "code", template.name AS "description",
       round(sum(line.quantity), 3) AS "quantity", unit.symbol AS "unit",
       sum(currency.rounding
           * CASE WHEN abs(line.units - trunc(line.units)) = 0.5 THEN 2 * round(line.units / 2)
                  ELSE round(line.units) END) AS "amount",
       currency.code AS "currency"
FROM sale_sale sale
JOIN currency_currency currency ON currency.id = sale.currency
JOIN LATERAL (
  SELECT x.*, x.quantity * x.unit_price / currency.rounding AS units
  FROM (SELECT product, unit, coalesce(unit_price, 0) AS unit_price,
               CAST(CAST(coalesce(quantity, 0) AS text) AS numeric) AS quantity
        FROM sale_line WHERE sale = sale.id AND type = 'line' AND product IS NOT NULL) x
) line ON true
JOIN product_product product ON product.id = line.product
JOIN product_template template ON template.id = product.template
JOIN product_uom unit ON unit.id = line.unit
JOIN company_company company ON company.id = sale.company
JOIN party_party party ON party.id = company.party
WHERE sale.state IN ('confirmed', 'processing', 'done')
  AND sale.sale_date >= :period_from AND sale.sale_date < :period_until
GROUP BY company.id, party.name, product.id, product.code, template.name, unit.symbol,
         currency.code
ORDER BY party.name, company.id, 6 DESC, product.code
