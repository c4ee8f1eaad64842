"""An event happens: what each rule makes of it."""
