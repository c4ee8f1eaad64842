SELECT 'IVA 10 %' AS name, iva_10 AS amount FROM presupuesto WHERE id = :key AND iva_10 <> 0
UNION ALL
SELECT 'IVA 5 %', iva_5 FROM presupuesto WHERE id = :key AND iva_5 <> 0
