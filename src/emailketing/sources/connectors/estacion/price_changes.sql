SELECT h.desde AS changed_at, p.codigo AS code, p.descripcion AS description,
       h.precio_anterior AS price_before, h.precio_nuevo AS price_after,
       h.precio_nuevo - h.precio_anterior AS difference,
       round((h.precio_nuevo - h.precio_anterior) * 1.0 / nullif(h.precio_anterior, 0), 6) AS share,
       u.nombre AS changed_by
FROM precio_historial h
JOIN producto p ON p.id = h.producto_id
JOIN usuario u ON u.codigo = h.usuario
WHERE h.desde >= :period_from AND h.desde < :period_until
ORDER BY h.desde DESC, h.id DESC
