SELECT comprobante AS voucher, concepto AS name, base AS base, porcentaje AS rate,
       importe AS amount
FROM orden_pago_retencion
WHERE orden_pago_id = :key
ORDER BY id
