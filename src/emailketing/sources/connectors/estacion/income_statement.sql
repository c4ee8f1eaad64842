-- The period, the same days a month and a year before.
WITH moved AS (
  SELECT cuenta, tipo, sucursal_id, haber - debe AS amount, 0 AS last_month, 0 AS last_year
  FROM libro_mayor WHERE fecha >= :period_from AND fecha < :period_until
  UNION ALL
  SELECT cuenta, tipo, sucursal_id, 0, haber - debe, 0
  FROM libro_mayor WHERE fecha >= :period_month_before_from AND fecha < :period_month_before_until
  UNION ALL
  SELECT cuenta, tipo, sucursal_id, 0, 0, haber - debe
  FROM libro_mayor WHERE fecha >= :period_year_before_from AND fecha < :period_year_before_until
),
sums AS (
  SELECT m.cuenta, m.tipo, sum(m.amount) AS amount, sum(m.last_month) AS last_month,
         sum(m.last_year) AS last_year
  FROM moved m
  WHERE m.tipo IN ('ingreso', 'costo', 'gasto')
    AND (CAST(:branch AS VARCHAR(3)) IS NULL
         OR m.sucursal_id IN (SELECT id FROM sucursal WHERE codigo = CAST(:branch AS VARCHAR(3))))
  GROUP BY m.cuenta, m.tipo
),
lines AS (
  -- by the digits alone: a server's collation may leave out points
  SELECT replace(c.codigo, '.', '') AS place, c.codigo AS account, c.nombre AS line,
         c.nivel - 1 AS _level, CASE c.codigo WHEN '4' THEN 'income' ELSE c.codigo END AS _line,
         CASE c.tipo WHEN 'ingreso' THEN 1 ELSE -1 END * sum(s.amount) AS amount,
         CASE c.tipo WHEN 'ingreso' THEN 1 ELSE -1 END * sum(s.last_month) AS last_month,
         CASE c.tipo WHEN 'ingreso' THEN 1 ELSE -1 END * sum(s.last_year) AS last_year
  FROM cuenta c JOIN sums s ON s.cuenta = c.codigo OR s.cuenta LIKE c.codigo || '.%'
  WHERE c.nivel <= CAST(:levels AS INTEGER)
  GROUP BY c.codigo, c.nombre, c.nivel, c.tipo
  UNION ALL
  SELECT '5999999', '', 'gross_profit', 0, 'gross_profit', coalesce(sum(amount), 0),
         coalesce(sum(last_month), 0), coalesce(sum(last_year), 0)
  FROM sums WHERE tipo IN ('ingreso', 'costo')
  UNION ALL
  SELECT '6999999', '', 'result', 0, 'result', coalesce(sum(amount), 0), coalesce(sum(last_month), 0),
         coalesce(sum(last_year), 0)
  FROM sums
),
income AS (SELECT sum(amount) AS amount FROM sums WHERE tipo = 'ingreso')
SELECT n.line, n._level, n._line, n.account, n.amount,
       round(n.amount * 1.0 / nullif(i.amount, 0), 6) AS share, n.last_month,
       round((n.amount - n.last_month) * 1.0 / nullif(abs(n.last_month), 0), 6) AS month_change,
       n.last_year, round((n.amount - n.last_year) * 1.0 / nullif(abs(n.last_year), 0), 6) AS year_change
FROM lines n CROSS JOIN income i
ORDER BY n.place
