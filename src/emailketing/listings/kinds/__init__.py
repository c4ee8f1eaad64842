"""How each kind of listing is asked: a module each."""
