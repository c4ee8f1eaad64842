SELECT party.name AS "name",
       (SELECT i.code FROM party_identifier i
        WHERE i.party = party.id AND i.active AND i.type IS NOT NULL
        ORDER BY i.type LIKE '%\_vat' DESC, i.sequence NULLS FIRST, i.id LIMIT 1) AS "tax_id",
       (SELECT left(lang.code, 2)
        FROM party_party_lang pl JOIN ir_lang lang ON lang.id = pl.lang
        WHERE pl.party = party.id ORDER BY pl.company NULLS FIRST, pl.id LIMIT 1) AS "language",
       party.active AS "active"
FROM party_party party
WHERE party.id = CAST(:key AS integer)
