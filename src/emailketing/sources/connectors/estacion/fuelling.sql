-- One refuelling of a vehicle. The litres of the month are those up to this one, annulled sales
-- left out; the way since the last time counts only when the odometer went on.
SELECT v.numero AS number, v.fecha AS date, f.hora AS at, v.estado AS state, 'PYG' AS currency,
       s.nombre AS station, s.direccion AS station_address, s.ciudad AS station_city,
       p.descripcion AS product, f.litros AS litres, f.precio AS price, f.importe AS amount,
       x.id AS "vehicle.key", x.marca AS "vehicle.make", x.modelo AS "vehicle.model",
       x.chapa AS "vehicle.plate", x.anio AS "vehicle.year",
       coalesce(f.chofer, x.chofer) AS "driver.name", x.chofer_email AS "driver.email",
       x.chofer_telefono AS "driver.phone", f.odometro AS odometer,
       CASE WHEN f.odometro > b.odometro THEN f.odometro - b.odometro END AS km,
       CASE WHEN f.litros > 0 AND (f.odometro - b.odometro) * 1.0 / f.litros BETWEEN 0.5 AND 40
            THEN round((f.odometro - b.odometro) * 1.0 / f.litros, 1) END AS km_per_litre,
       m.litres AS "month.litres", x.limite_litros AS "month.limit",
       CASE WHEN x.limite_litros > m.litres THEN round(x.limite_litros - m.litres, 3)
            WHEN x.limite_litros IS NOT NULL THEN 0 END AS "month.left",
       CASE WHEN m.litres > x.limite_litros THEN round(m.litres - x.limite_litros, 3) END
         AS "month.over",
       CASE WHEN m.litres > x.limite_litros THEN 1 ELSE 0 END AS over_limit,
       c.control_vehiculos AS has_control, f.importe AS "totals.total",
       c.id AS "party.key", c.razon_social AS "party.name", c.ruc AS "party.tax_id",
       c.direccion AS "party.address", c.ciudad AS "party.city", c.telefono AS "party.phone",
       c.idioma AS "party.language"
FROM venta_combustible f
JOIN venta v ON v.id = f.venta_id
JOIN sucursal s ON s.id = v.sucursal_id
JOIN producto p ON p.id = f.producto_id
JOIN vehiculo x ON x.id = f.vehiculo_id
JOIN cliente c ON c.id = x.cliente_id
JOIN (SELECT n.id, round(sum(o.litros), 3) AS litres
      FROM venta_combustible n
      JOIN venta_combustible o ON o.vehiculo_id = n.vehiculo_id
      JOIN venta w ON w.id = o.venta_id
      WHERE n.id = :key
        AND substr(CAST(o.hora AS VARCHAR), 1, 7) = substr(CAST(n.hora AS VARCHAR), 1, 7)
        AND (o.hora < n.hora OR (o.hora = n.hora AND o.id <= n.id))
        AND (w.estado <> 'anulada' OR o.id = n.id)
      GROUP BY n.id) m ON m.id = f.id
LEFT JOIN venta_combustible b
       ON b.id = (SELECT o.id FROM venta_combustible o
                  JOIN venta w ON w.id = o.venta_id
                  WHERE o.vehiculo_id = f.vehiculo_id AND o.odometro IS NOT NULL
                    AND w.estado <> 'anulada'
                    AND (o.hora < f.hora OR (o.hora = f.hora AND o.id < f.id))
                  ORDER BY o.hora DESC, o.id DESC LIMIT 1)
WHERE f.id = :key
