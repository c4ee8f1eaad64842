SELECT trim(articulo) AS code, "Descripcion" AS description, cantidad AS quantity, 'un.' AS unit,
       precio AS unit_price, cantidad * precio AS total
FROM "CompDet"
WHERE empresa = :empresa AND sucursal = :sucursal AND tipo = :tipo AND numero = :numero
ORDER BY renglon
