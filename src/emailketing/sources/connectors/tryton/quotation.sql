-- One quotation as Tryton shows it. While Tryton keeps no amounts of its own (*_cache is NULL or not
-- used in this state) they are computed as Tryton does: half-even to the currency's unit, taxes
-- summed for lines with the same taxes ("document") or for each line, the rounding compensated.
-- A tax that changes the unit price is not followed: then tax and total stay empty.
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
),
computed AS (
  SELECT (SELECT sum(CASE WHEN abs(u - trunc(u)) = 0.5 THEN 2 * round(u / 2) ELSE round(u) END)
          FROM (SELECT line.base / head.unit AS u FROM line) l) * head.unit AS untaxed,
         CASE WHEN EXISTS (SELECT FROM exact WHERE changes_price) THEN NULL
              ELSE coalesce((SELECT sum(whole - excess) FROM part), 0) * head.unit END AS tax,
         head.state IN ('confirmed', 'processing', 'done', 'cancelled') AND head.untaxed_amount_cache IS NOT NULL
           AND head.tax_amount_cache IS NOT NULL AND head.total_amount_cache IS NOT NULL AS is_stored
  FROM head
),
amount AS (
  SELECT CASE WHEN is_stored THEN head.untaxed_amount_cache ELSE computed.untaxed END AS untaxed,
         CASE WHEN is_stored THEN head.tax_amount_cache ELSE computed.tax END AS tax,
         CASE WHEN is_stored THEN head.total_amount_cache
              ELSE computed.untaxed + computed.tax END AS total
  FROM head, computed
)
SELECT head.number AS "number", head.state AS "state", coalesce(head.quotation_date, head.sale_date) AS "date",
       head.shipping_date AS "delivery_date",
       CAST(head.quotation_date + head.quotation_validity AS date) AS "valid_until",
       head.reference AS "reference", head.description AS "description",
       head.comment AS "notes", head.currency_code AS "currency",
       coalesce(nullif(term_in.value, ''), term.name) AS "conditions",
       amount.untaxed AS "totals.untaxed", amount.tax AS "totals.tax",
       amount.total AS "totals.total",
       owner.name AS "company", own_warehouse.name AS "warehouse",
       quoted.name AS "quoted_by", confirmed.name AS "confirmed_by",
       party.id AS "party.key", party.name AS "party.name",
       concat_ws(' ', nullif(address.street_unstructured, ''), nullif(address.street_name, ''),
                 nullif(address.building_number, '')) AS "party.address",
       concat_ws(' ', nullif(address.postal_code, ''), nullif(address.city, '')) AS "party.city",
       coalesce(lang.language, '') AS "party.language",
       (SELECT i.code FROM party_identifier i
        WHERE i.party = party.id AND i.active AND i.type IS NOT NULL
        ORDER BY i.type LIKE '%\_vat' DESC, i.sequence NULLS FIRST, i.id LIMIT 1) AS "party.tax_id",
       coalesce(
         (SELECT m.value FROM party_contact_mechanism m
          WHERE m.id = head.contact AND m.active AND m.type = 'email'),
         (SELECT m.value FROM party_contact_mechanism m
          WHERE m.party = party.id AND m.active AND m.type = 'email'
          ORDER BY coalesce(m.invoice, false) OR coalesce(m.delivery, false),
                   m.sequence NULLS FIRST, m.id LIMIT 1)) AS "party.email",
       (SELECT m.value FROM party_contact_mechanism m
        WHERE m.party = party.id AND m.active AND m.type IN ('phone', 'mobile')
        ORDER BY m.sequence NULLS FIRST, m.id LIMIT 1) AS "party.phone"
FROM head
CROSS JOIN amount
JOIN party_party party ON party.id = head.party
JOIN company_company company ON company.id = head.company
JOIN party_party owner ON owner.id = company.party
LEFT JOIN stock_location own_warehouse ON own_warehouse.id = head.warehouse
LEFT JOIN party_address address ON address.id = head.invoice_address
LEFT JOIN LATERAL (
  SELECT l.code, CASE WHEN left(l.code, 2) IN ('es', 'en', 'pt') THEN left(l.code, 2) END AS language
  FROM party_party_lang pl JOIN ir_lang l ON l.id = pl.lang
  WHERE pl.party = party.id AND (pl.company = head.company OR pl.company IS NULL)
  ORDER BY pl.company NULLS LAST, pl.id LIMIT 1) lang ON true
LEFT JOIN account_invoice_payment_term term ON term.id = head.payment_term
LEFT JOIN ir_translation term_in ON term_in.type = 'model' AND term_in.res_id = term.id
  AND term_in.name = 'account.invoice.payment_term,name' AND term_in.lang = lang.code
LEFT JOIN company_employee quoted_by ON quoted_by.id = head.quoted_by
LEFT JOIN party_party quoted ON quoted.id = quoted_by.party
LEFT JOIN company_employee confirmed_by ON confirmed_by.id = head.confirmed_by
LEFT JOIN party_party confirmed ON confirmed.id = confirmed_by.party
