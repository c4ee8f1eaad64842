SELECT "Descripcion" AS number, cantidad * precio AS paid, 0 AS balance
FROM "CompDet"
WHERE empresa = :empresa AND sucursal = :sucursal AND tipo = :tipo AND numero = :numero
ORDER BY renglon
