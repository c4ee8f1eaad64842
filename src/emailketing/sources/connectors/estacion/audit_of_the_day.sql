-- What a manager looks at in the evening: deleted, annulled, dearer or cheaper, taken out, adjusted.
SELECT a.at, u.nombre AS who, a.what, a.record, a.detail, a.amount
FROM (
  SELECT cuando AS at, usuario AS who, 'deleted' AS what, tabla || ' ' || registro AS record,
         detalle AS detail, NULL AS amount
  FROM bitacora
  UNION ALL
  SELECT h.desde, h.usuario, 'price', p.codigo || ' ' || p.descripcion,
         h.precio_anterior || ' → ' || h.precio_nuevo, h.precio_nuevo - h.precio_anterior
  FROM precio_historial h JOIN producto p ON p.id = h.producto_id
  UNION ALL
  SELECT m.cuando, m.usuario, m.concepto, c.nombre, m.detalle, m.importe
  FROM caja_movimiento m
  JOIN caja_cierre t ON t.id = m.caja_cierre_id
  JOIN caja c ON c.id = t.caja_id
  WHERE m.tipo = 'egreso'
  UNION ALL
  SELECT t.cerrada_en, t.cajero, 'difference', t.numero, coalesce(t.observacion, ''), t.diferencia
  FROM caja_cierre t WHERE t.estado = 'cerrada' AND t.diferencia <> 0
  UNION ALL
  SELECT j.cuando, j.usuario, j.motivo, p.codigo || ' ' || p.descripcion,
         coalesce(j.observacion, ''), round(j.cantidad * p.costo)
  FROM ajuste_existencia j JOIN producto p ON p.id = j.producto_id
  UNION ALL
  SELECT o.anulado_en, o.modificado_por, 'annulled', o.numero, coalesce(o.motivo_anulacion, ''),
         CASE o.moneda WHEN 'PYG' THEN o.total END
  FROM orden_compra o WHERE o.estado = 'anulada'
) a JOIN usuario u ON u.codigo = a.who
WHERE a.at >= :period_from AND a.at < :period_until
ORDER BY a.at, a.what, a.record
