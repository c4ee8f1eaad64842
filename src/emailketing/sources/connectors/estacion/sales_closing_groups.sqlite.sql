SELECT r.nombre AS name, coalesce(now.quantity, 0) AS quantity, coalesce(now.total, 0) AS total,
       CASE WHEN week.closings > 0 THEN coalesce(last.total, 0) END AS last_week,
       CASE WHEN last.total > 0
            THEN round((coalesce(now.total, 0) - last.total) * 100.0 / last.total, 1) END AS change
FROM rubro r
LEFT JOIN (SELECT rubro_id, round(sum(cantidad), 3) AS quantity, sum(total) AS total
           FROM ventas_cierre_rubro WHERE ventas_cierre_id = :key
           GROUP BY rubro_id) now ON now.rubro_id = r.id
LEFT JOIN (SELECT k.rubro_id, sum(k.total) AS total
           FROM ventas_cierre c
           JOIN ventas_cierre p ON p.sucursal_id = c.sucursal_id AND p.estado = 'cerrado'
                               AND p.fecha = date(c.fecha, '-7 days')
           JOIN ventas_cierre_rubro k ON k.ventas_cierre_id = p.id
           WHERE c.id = :key GROUP BY k.rubro_id) last ON last.rubro_id = r.id
CROSS JOIN (SELECT count(*) AS closings
            FROM ventas_cierre c
            JOIN ventas_cierre p ON p.sucursal_id = c.sucursal_id AND p.estado = 'cerrado'
                                AND p.fecha = date(c.fecha, '-7 days')
            WHERE c.id = :key) week
WHERE now.rubro_id IS NOT NULL OR last.rubro_id IS NOT NULL
ORDER BY r.orden, r.nombre
