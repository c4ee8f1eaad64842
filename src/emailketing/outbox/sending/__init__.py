"""Send: messages are claimed, handed over on kept-open connections and settled."""
