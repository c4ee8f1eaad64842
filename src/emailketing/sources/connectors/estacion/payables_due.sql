-- Invoices and post-dated cheques; what is overdue comes, too, unless it is not asked for.
SELECT d.due_date, d.kind, d.supplier, d.document, d.bank, d.currency, d.amount,
       round(d.amount * d.rate) AS amount_pyg,
       CASE WHEN d.due_date < :period_from THEN 1 ELSE 0 END AS overdue
FROM (
  SELECT f.vencimiento AS due_date, 'invoice' AS kind, p.razon_social AS supplier,
         f.numero AS document, '' AS bank, f.moneda AS currency, f.saldo AS amount,
         f.cotizacion AS rate
  FROM factura_compra f JOIN proveedor p ON p.id = f.proveedor_id
  WHERE f.estado = 'pendiente' AND f.saldo > 0
  UNION ALL
  SELECT m.fecha_pago, 'cheque', m.beneficiario, m.numero, m.banco, o.moneda, m.importe, o.cotizacion
  FROM orden_pago_medio m JOIN orden_pago o ON o.id = m.orden_pago_id
  WHERE m.medio = 'cheque' AND o.estado IN ('emitida', 'pagada') AND m.fecha_pago >= :period_from
) d
WHERE d.due_date < :period_until
  AND (d.due_date >= :period_from OR CAST(:overdue AS INTEGER) = 1)
ORDER BY d.due_date, d.kind, d.supplier, d.document
