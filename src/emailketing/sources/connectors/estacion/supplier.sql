SELECT razon_social AS name, ruc AS tax_id, idioma AS language, activo AS active
FROM proveedor WHERE id = :key
