"""Brand: logo, colours, address and signature, with a live preview."""
