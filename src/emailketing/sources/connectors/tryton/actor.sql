SELECT coalesce(nullif(name, ''), login) FROM res_user WHERE id = CAST(:actor AS integer)
