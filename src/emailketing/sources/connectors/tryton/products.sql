SELECT product.code AS "code", template.name AS "description", unit.symbol AS "unit",
       coalesce(own.list_price, shared.list_price) AS "price", currency.code AS "currency",
       company_party.name AS "company", product.active AND template.active AS "active"
FROM product_product product
JOIN product_template template ON template.id = product.template
JOIN product_uom unit ON unit.id = coalesce(template.sale_uom, template.default_uom)
CROSS JOIN company_company company
JOIN party_party company_party ON company_party.id = company.party
JOIN currency_currency currency ON currency.id = company.currency
LEFT JOIN product_list_price own ON own.product = product.id AND own.company = company.id
LEFT JOIN product_list_price shared
  ON shared.template = template.id AND shared.product IS NULL AND shared.company = company.id
WHERE template.salable
ORDER BY company_party.name, template.name, product.code
