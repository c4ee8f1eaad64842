SELECT r.sucursal || '-' || r.numero AS number, r.transportista AS carrier
FROM "Remision" r WHERE r."GuiRemision" = :key
