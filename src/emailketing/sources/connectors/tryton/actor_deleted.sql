-- Tryton's own log names who deleted; its time (in UTC) is that of the same transaction.
SELECT log."user"
FROM ir_model_log log
JOIN ir_model model ON replace(model.name, '.', '_') = CAST(:table AS text)
WHERE log.event = 'delete' AND log.resource = concat(model.name, ',', CAST(:key AS text))
  AND abs(extract(epoch FROM timezone('UTC', log.create_date) - CAST(:at AS timestamptz))) < 60
ORDER BY log.id DESC LIMIT 1
