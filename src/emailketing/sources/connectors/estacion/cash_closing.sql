SELECT c.numero AS number, c.fecha AS date, c.estado AS state, 'PYG' AS currency,
       c.observacion AS notes, t.nombre AS till, c.turno AS shift, s.nombre AS branch,
       u.nombre AS cashier, u.email AS cashier_email, c.abierta_en AS opened_at,
       c.cerrada_en AS closed_at, c.apertura AS opening, c.ingresos AS income,
       c.egresos AS outgo, c.esperado AS expected, c.contado AS counted,
       c.diferencia AS difference, c.contado AS "totals.total"
FROM caja_cierre c
JOIN caja t ON t.id = c.caja_id
JOIN sucursal s ON s.id = t.sucursal_id
JOIN usuario u ON u.codigo = c.cajero
WHERE c.id = :key
