"""How: the wire. Each channel is a folder; channels know no templates, only finished content."""
