SELECT 'email' AS kind, direccion2 AS value, '' AS usage
FROM "CLIENTE" WHERE empresa = :empresa AND codigo = :codigo AND direccion2 LIKE '%@%'
