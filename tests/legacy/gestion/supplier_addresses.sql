SELECT 'email' AS kind, fax AS value, 'compras' AS usage
FROM "Proveedor" WHERE empresa = :empresa AND codigo = :codigo AND fax LIKE '%@%'
UNION ALL
SELECT 'email', observacion, 'cobranzas'
FROM "Proveedor" WHERE empresa = :empresa AND codigo = :codigo AND observacion LIKE '%@%'
