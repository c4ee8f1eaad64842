SELECT p.codigo AS code, p.descripcion AS name, coalesce(now.litres, 0) AS litres,
       coalesce(now.total, 0) AS total,
       CASE WHEN week.closings > 0 THEN coalesce(last.litres, 0) END AS last_week_litres,
       CASE WHEN week.closings > 0 THEN coalesce(last.total, 0) END AS last_week,
       CASE WHEN last.litres > 0
            THEN round((coalesce(now.litres, 0) - last.litres) * 100.0 / last.litres, 1) END
         AS change
FROM producto p
LEFT JOIN (SELECT producto_id, round(sum(litros), 3) AS litres, sum(total) AS total
           FROM ventas_cierre_combustible WHERE ventas_cierre_id = :key
           GROUP BY producto_id) now ON now.producto_id = p.id
LEFT JOIN (SELECT k.producto_id, round(sum(k.litros), 3) AS litres, sum(k.total) AS total
           FROM ventas_cierre c
           JOIN ventas_cierre b ON b.sucursal_id = c.sucursal_id AND b.estado = 'cerrado'
                               AND b.fecha = c.fecha - 7
           JOIN ventas_cierre_combustible k ON k.ventas_cierre_id = b.id
           WHERE c.id = :key GROUP BY k.producto_id) last ON last.producto_id = p.id
CROSS JOIN (SELECT count(*) AS closings
            FROM ventas_cierre c
            JOIN ventas_cierre b ON b.sucursal_id = c.sucursal_id AND b.estado = 'cerrado'
                                AND b.fecha = c.fecha - 7
            WHERE c.id = :key) week
WHERE now.producto_id IS NOT NULL OR last.producto_id IS NOT NULL
ORDER BY p.id
