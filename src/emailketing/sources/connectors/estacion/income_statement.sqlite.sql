-- The period, the same days a month and a year before. Both ends are days included; where the
-- period ends with its month, so do the others; 31 March is compared with the last of February.
WITH given AS (
  SELECT :period_from AS first, date(:period_until, '-1 day') AS last,
         CASE WHEN strftime('%d', :period_until) = '01' THEN 1 ELSE 0 END AS whole
),
spans AS (
  SELECT 'now' AS span, first, last FROM given
  UNION ALL
  SELECT 'month', min(date(first, '-1 month'), date(first, 'start of month', '-1 day')),
         CASE whole WHEN 1 THEN date(last, 'start of month', '-1 day')
              ELSE min(date(last, '-1 month'), date(last, 'start of month', '-1 day')) END
  FROM given
  UNION ALL
  SELECT 'year', min(date(first, '-1 year'), date(first, 'start of month', '-11 months', '-1 day')),
         CASE whole WHEN 1 THEN date(last, 'start of month', '-11 months', '-1 day')
              ELSE min(date(last, '-1 year'), date(last, 'start of month', '-11 months', '-1 day')) END
  FROM given
),
sums AS (
  SELECT m.cuenta, m.tipo,
         sum(CASE x.span WHEN 'now' THEN m.haber - m.debe ELSE 0 END) AS amount,
         sum(CASE x.span WHEN 'month' THEN m.haber - m.debe ELSE 0 END) AS last_month,
         sum(CASE x.span WHEN 'year' THEN m.haber - m.debe ELSE 0 END) AS last_year
  FROM libro_mayor m JOIN spans x ON m.fecha BETWEEN x.first AND x.last
  WHERE m.tipo IN ('ingreso', 'costo', 'gasto')
    AND (CAST(:branch AS VARCHAR(3)) IS NULL
         OR m.sucursal_id IN (SELECT id FROM sucursal WHERE codigo = CAST(:branch AS VARCHAR(3))))
  GROUP BY m.cuenta, m.tipo
),
lines AS (
  SELECT c.codigo AS place, c.codigo AS account, c.nombre AS line, c.nivel - 1 AS _level,
         CASE c.tipo WHEN 'ingreso' THEN 1 ELSE -1 END * sum(s.amount) AS amount,
         CASE c.tipo WHEN 'ingreso' THEN 1 ELSE -1 END * sum(s.last_month) AS last_month,
         CASE c.tipo WHEN 'ingreso' THEN 1 ELSE -1 END * sum(s.last_year) AS last_year
  FROM cuenta c JOIN sums s ON s.cuenta = c.codigo OR s.cuenta LIKE c.codigo || '.%'
  WHERE c.nivel <= CAST(:levels AS INTEGER)
  GROUP BY c.codigo, c.nombre, c.nivel, c.tipo
  UNION ALL
  SELECT '5~', '', 'gross_profit', 0, coalesce(sum(amount), 0),
         coalesce(sum(last_month), 0), coalesce(sum(last_year), 0)
  FROM sums WHERE tipo IN ('ingreso', 'costo')
  UNION ALL
  SELECT '6~', '', 'result', 0, coalesce(sum(amount), 0), coalesce(sum(last_month), 0),
         coalesce(sum(last_year), 0)
  FROM sums
),
income AS (SELECT sum(amount) AS amount FROM sums WHERE tipo = 'ingreso')
SELECT n.line, n._level, n.account, n.amount,
       round(n.amount * 1.0 / nullif(i.amount, 0), 6) AS share, n.last_month,
       round((n.amount - n.last_month) * 1.0 / nullif(abs(n.last_month), 0), 6) AS month_change,
       n.last_year, round((n.amount - n.last_year) * 1.0 / nullif(abs(n.last_year), 0), 6) AS year_change
FROM lines n CROSS JOIN income i
ORDER BY n.place
