SELECT trim("Nombre") AS name, trim(ruc) AS tax_id, 'es' AS language,
       CASE WHEN baja = 'S' THEN 0 ELSE 1 END AS active
FROM "CLIENTE" WHERE empresa = :empresa AND codigo = :codigo
