SELECT a.place, a._contact, a.customer, a.invoices, a.oldest_due, a.not_due, a.days_30, a.days_60,
       a.days_90, a.over_90, a.total
FROM (
  SELECT row_number() OVER (ORDER BY sum(v.saldo) DESC, c.id) AS place,
         'customer\:' || c.id AS _contact, c.razon_social AS customer, count(*) AS invoices,
         min(v.vencimiento) AS oldest_due,
         sum(CASE WHEN v.age <= 0 THEN v.saldo ELSE 0 END) AS not_due,
         sum(CASE WHEN v.age BETWEEN 1 AND 30 THEN v.saldo ELSE 0 END) AS days_30,
         sum(CASE WHEN v.age BETWEEN 31 AND 60 THEN v.saldo ELSE 0 END) AS days_60,
         sum(CASE WHEN v.age BETWEEN 61 AND 90 THEN v.saldo ELSE 0 END) AS days_90,
         sum(CASE WHEN v.age > 90 THEN v.saldo ELSE 0 END) AS over_90,
         sum(v.saldo) AS total
  FROM (SELECT n.saldo, n.cliente_id, n.sucursal_id, n.vencimiento,
               CAST(julianday(:day) - julianday(n.vencimiento) AS INTEGER) AS age
        FROM venta n WHERE n.estado = 'emitida' AND n.saldo > 0) v
  JOIN cliente c ON c.id = v.cliente_id
  JOIN sucursal s ON s.id = v.sucursal_id
  WHERE CAST(:branch AS VARCHAR(3)) IS NULL OR s.codigo = CAST(:branch AS VARCHAR(3))
  GROUP BY c.id, c.razon_social
) a
WHERE CAST(:top AS INTEGER) IS NULL OR a.place <= CAST(:top AS INTEGER)
ORDER BY a.place
