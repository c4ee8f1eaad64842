SELECT k.numero AS number, t.nombre AS till, k.turno AS shift, u.nombre AS cashier,
       k.esperado AS expected, k.contado AS counted, k.diferencia AS difference,
       k.observacion AS notes
FROM caja_cierre k
JOIN caja t ON t.id = k.caja_id
JOIN usuario u ON u.codigo = k.cajero
WHERE k.ventas_cierre_id = :key
ORDER BY k.abierta_en, t.nombre, k.id
