-- The taxes of one quotation, computed as Tryton does; the first part is that of quotation.sql.
WITH RECURSIVE
head AS (
  SELECT sale.*, currency.code AS currency_code, currency.rounding AS unit,
         coalesce((SELECT c.tax_rounding FROM account_configuration_tax_rounding c
                   WHERE c.company = sale.company OR c.company IS NULL
                   ORDER BY c.company NULLS LAST LIMIT 1), 'document') AS tax_rounding,
         CAST(now() AT TIME ZONE coalesce(company.timezone, 'UTC') AS date) AS today
  FROM sale_sale sale
  JOIN currency_currency currency ON currency.id = sale.currency
  JOIN company_company company ON company.id = sale.company
  WHERE sale.id = CAST(:key AS integer)
),
line AS (
  SELECT l.id, l.price, l.quantity, l.price * l.quantity AS base,
         CASE head.tax_rounding WHEN 'line' THEN CAST(l.id AS text)
           ELSE concat_ws(' ', sign(l.price * l.quantity) >= 0,
             (SELECT string_agg(CAST(x.tax AS text), ' ' ORDER BY x.tax)
              FROM "sale_line-account_tax" x WHERE x.line = l.id))
         END AS part
  FROM head
  JOIN (SELECT id, sale, coalesce(unit_price, 0) AS price,
               CAST(CAST(coalesce(quantity, 0) AS text) AS numeric) AS quantity
        FROM sale_line WHERE type = 'line') l ON l.sale = head.id
),
applied AS (
  SELECT line.id AS line, tax.id AS tax, ARRAY[coalesce(tax.sequence, -1), tax.id] AS place
  FROM head, line
  JOIN "sale_line-account_tax" x ON x.line = line.id
  JOIN account_tax tax ON tax.id = x.tax
  WHERE head.today BETWEEN coalesce(tax.start_date, '-infinity') AND coalesce(tax.end_date, 'infinity')
  UNION ALL
  SELECT above.line, tax.id, above.place || ARRAY[coalesce(tax.sequence, -1), tax.id]
  FROM head, applied above
  JOIN account_tax tax ON tax.parent = above.tax AND tax.active
  WHERE head.today BETWEEN coalesce(tax.start_date, '-infinity') AND coalesce(tax.end_date, 'infinity')
),
exact AS (
  SELECT line.part, line.base >= 0 AS is_positive, tax.id AS tax, min(applied.place) AS place,
         bool_or(tax.update_unit_price) AS changes_price,
         sum(line.quantity * CASE tax.type WHEN 'percentage' THEN line.price * tax.rate
                                           ELSE tax.amount END) / min(head.unit) AS units
  FROM head, line
  JOIN applied ON applied.line = line.id
  JOIN account_tax tax ON tax.id = applied.tax AND tax.type <> 'none'
  GROUP BY line.part, line.base >= 0, tax.id
),
rounded AS (
  SELECT exact.*, CASE WHEN abs(units - trunc(units)) = 0.5 THEN 2 * round(units / 2)
                       ELSE round(units) END AS whole
  FROM exact
),
part AS (
  SELECT part, CASE WHEN abs(excess - trunc(excess)) = 0.5 THEN 2 * round(excess / 2)
                    ELSE round(excess) END AS excess, whole
  FROM (SELECT part, sum(whole - units) AS excess, sum(whole) AS whole
        FROM rounded GROUP BY part) p
)
SELECT coalesce(nullif(named.value, ''), tax.description) AS "name",
       sum(share.amount) AS "amount"
FROM (
  -- what rounding took too much or too little is settled one unit a tax, as Tryton does
  SELECT rounded.tax, rounded.place, head.unit * (rounded.whole - CASE
           WHEN rounded.whole <> 0 AND row_number() OVER (
             PARTITION BY rounded.part, rounded.whole <> 0 ORDER BY rounded.place) <= abs(part.excess)
           THEN sign(part.excess) ELSE 0 END) AS amount
  FROM head, rounded JOIN part ON part.part = rounded.part
  WHERE NOT EXISTS (SELECT FROM exact WHERE changes_price)
) share
JOIN head ON true
JOIN account_tax tax ON tax.id = share.tax
LEFT JOIN LATERAL (
  SELECT l.code FROM party_party_lang pl JOIN ir_lang l ON l.id = pl.lang
  WHERE pl.party = head.party AND (pl.company = head.company OR pl.company IS NULL)
  ORDER BY pl.company NULLS LAST, pl.id LIMIT 1) lang ON true
LEFT JOIN ir_translation named ON named.type = 'model' AND named.res_id = tax.id
  AND named.name = 'account.tax,description' AND named.lang = lang.code
GROUP BY tax.id, named.value, tax.description
ORDER BY min(share.place)
