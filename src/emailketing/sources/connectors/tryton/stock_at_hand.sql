-- What came into each storage less what left it, in the product's own unit.
SELECT product.code AS "code", template.name AS "description", location.name AS "location",
       round(CAST(sum(moved.quantity) AS numeric), 3) AS "quantity", unit.symbol AS "unit"
FROM (
  SELECT product, to_location AS location, internal_quantity AS quantity
  FROM stock_move WHERE state = 'done' AND effective_date <= CAST(:day AS date)
  UNION ALL
  SELECT product, from_location, -internal_quantity
  FROM stock_move WHERE state = 'done' AND effective_date <= CAST(:day AS date)
) moved
JOIN stock_location location ON location.id = moved.location AND location.type = 'storage'
JOIN product_product product ON product.id = moved.product
JOIN product_template template ON template.id = product.template
JOIN product_uom unit ON unit.id = template.default_uom
GROUP BY product.id, product.code, template.name, location.id, location.name, unit.symbol
HAVING abs(sum(moved.quantity)) > 0.0005
ORDER BY template.name, product.code, location.name, location.id
