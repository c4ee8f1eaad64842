"""Links in messages: one public address, one kind of signed link, one set of keys."""
