SELECT 'birth' AS kind, fecha_nacimiento AS value, '' AS name
FROM cliente WHERE id = :key AND tipo = 'persona'
UNION ALL
SELECT 'birth', fecha_nacimiento, nombre FROM cliente_contacto WHERE cliente_id = :key
UNION ALL
SELECT 'customer_since', creado_en, '' FROM cliente WHERE id = :key
