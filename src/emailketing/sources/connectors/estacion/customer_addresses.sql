SELECT CASE tipo WHEN 'email' THEN 'email' ELSE 'phone' END AS kind, valor AS value,
       CASE uso WHEN 'general' THEN '' ELSE uso END AS usage, nombre AS person
FROM cliente_contacto WHERE cliente_id = :key
ORDER BY id
