-- What was sold on account was paid with nothing: it is counted as credit.
SELECT t.means, count(*) AS payments, sum(t.amount) AS total,
       round(sum(t.amount) * 1.0 / sum(sum(t.amount)) OVER (), 6) AS share
FROM (
  SELECT p.medio AS means, p.importe AS amount, v.fecha AS day, v.sucursal_id AS branch
  FROM venta_pago p JOIN venta v ON v.id = p.venta_id
  WHERE v.estado = 'emitida'
  UNION ALL
  SELECT 'credito', v.total, v.fecha, v.sucursal_id
  FROM venta v WHERE v.estado = 'emitida' AND v.condicion = 'credito'
) t JOIN sucursal s ON s.id = t.branch
WHERE t.day >= :period_from AND t.day < :period_until
  AND (CAST(:branch AS VARCHAR(3)) IS NULL OR s.codigo = CAST(:branch AS VARCHAR(3)))
GROUP BY t.means
ORDER BY sum(t.amount) DESC, t.means
