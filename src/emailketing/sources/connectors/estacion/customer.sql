SELECT razon_social AS name, ruc AS tax_id, idioma AS language, activo AS active,
       tipo, ciudad
FROM cliente WHERE id = :key
