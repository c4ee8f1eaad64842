-- From the last measurement before the period to the last one within it.
SELECT s.nombre AS branch, k.numero AS tank, p.descripcion AS fuel, a.litros AS opening,
       round(coalesce(k.received, 0), 3) AS received, round(coalesce(k.sold, 0), 3) AS sold,
       round(a.litros + coalesce(k.received, 0) - coalesce(k.sold, 0), 3) AS expected,
       b.litros AS measured,
       round(b.litros - (a.litros + coalesce(k.received, 0) - coalesce(k.sold, 0)), 3) AS difference,
       round((b.litros - (a.litros + coalesce(k.received, 0) - coalesce(k.sold, 0)))
             * 1.0 / nullif(k.sold, 0), 6) AS share
FROM (
  SELECT x.id, x.sucursal_id, x.numero, x.producto_id, x.first, x.last,
         (SELECT sum(r.litros) FROM recepcion_combustible r
          WHERE r.tanque_id = x.id AND r.fecha > x.first AND r.fecha <= x.last) AS received,
         (SELECT sum(f.litros) FROM venta_combustible f JOIN venta v ON v.id = f.venta_id
          WHERE v.sucursal_id = x.sucursal_id AND f.producto_id = x.producto_id
            AND v.estado = 'emitida' AND v.fecha > x.first AND v.fecha <= x.last) AS sold
  FROM (
    SELECT t.id, t.sucursal_id, t.numero, t.producto_id,
           (SELECT max(m.fecha) FROM tanque_medicion m
            WHERE m.tanque_id = t.id AND m.fecha < :period_from) AS first,
           (SELECT max(m.fecha) FROM tanque_medicion m
            WHERE m.tanque_id = t.id AND m.fecha < :period_until) AS last
    FROM tanque t
  ) x
) k
JOIN sucursal s ON s.id = k.sucursal_id
JOIN producto p ON p.id = k.producto_id
LEFT JOIN tanque_medicion a ON a.tanque_id = k.id AND a.fecha = k.first
LEFT JOIN tanque_medicion b ON b.tanque_id = k.id AND b.fecha = k.last
WHERE CAST(:branch AS VARCHAR(3)) IS NULL OR s.codigo = CAST(:branch AS VARCHAR(3))
ORDER BY s.codigo, k.numero
