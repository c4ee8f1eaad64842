"""Each kind of thing in the file is a module that declares itself in `KINDS`; no list elsewhere."""
