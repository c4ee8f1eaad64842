SELECT CASE tipo WHEN 'email' THEN 'email' ELSE 'phone' END AS kind, valor AS value,
       CASE uso WHEN 'general' THEN '' ELSE uso END AS usage, nombre AS person
FROM proveedor_contacto WHERE proveedor_id = :key
ORDER BY id
