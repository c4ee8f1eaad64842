SELECT substr(CAST(v.hora AS VARCHAR(30)), 12, 2) || '\:00' AS hour, count(*) AS invoices,
       sum(v.total) AS total, round(sum(v.total) * 1.0 / count(*)) AS average,
       round(sum(v.total) * 1.0 / sum(sum(v.total)) OVER (), 6) AS share
FROM venta v JOIN sucursal s ON s.id = v.sucursal_id
WHERE v.estado = 'emitida' AND v.fecha >= :period_from AND v.fecha < :period_until
  AND (CAST(:branch AS VARCHAR(3)) IS NULL OR s.codigo = CAST(:branch AS VARCHAR(3)))
GROUP BY substr(CAST(v.hora AS VARCHAR(30)), 12, 2)
ORDER BY 1
