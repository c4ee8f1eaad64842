"""A card: a picture with a person's name, in the brand's look, for mails on a day of theirs."""
