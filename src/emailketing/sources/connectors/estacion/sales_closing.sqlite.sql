SELECT c.numero AS number, c.fecha AS date, c.estado AS state, 'PYG' AS currency,
       c.observacion AS notes, s.nombre AS branch, u.nombre AS closed_by,
       c.cerrado_en AS closed_at, c.cantidad AS invoices, c.contado AS paid_now,
       c.credito AS on_account, c.litros AS litres,
       c.gravada_10 + c.gravada_5 + c.exenta AS "totals.untaxed",
       c.iva_10 + c.iva_5 AS "totals.tax", c.total AS "totals.total",
       t.tills AS "cash.tills", t.expected AS "cash.expected", t.counted AS "cash.counted",
       t.difference AS "cash.difference",
       date(c.fecha, '-7 days') AS "last_week.date", p.total AS "last_week.total",
       p.litres AS "last_week.litres", p.invoices AS "last_week.invoices",
       CASE WHEN p.total > 0 THEN round((c.total - p.total) * 100.0 / p.total, 1) END
         AS "last_week.total_change",
       CASE WHEN p.litres > 0 THEN round((c.litros - p.litres) * 100.0 / p.litres, 1) END
         AS "last_week.litres_change"
FROM ventas_cierre c
JOIN sucursal s ON s.id = c.sucursal_id
LEFT JOIN usuario u ON u.codigo = c.cerrado_por
LEFT JOIN (SELECT ventas_cierre_id, count(*) AS tills, sum(esperado) AS expected,
                  sum(contado) AS counted, sum(diferencia) AS difference
           FROM caja_cierre WHERE ventas_cierre_id = :key
           GROUP BY ventas_cierre_id) t ON t.ventas_cierre_id = c.id
LEFT JOIN (SELECT sucursal_id, fecha, sum(total) AS total, round(sum(litros), 3) AS litres,
                  sum(cantidad) AS invoices
           FROM ventas_cierre WHERE estado = 'cerrado'
           GROUP BY sucursal_id, fecha) p
       ON p.sucursal_id = c.sucursal_id AND p.fecha = date(c.fecha, '-7 days')
WHERE c.id = :key
