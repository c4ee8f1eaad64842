"""“Why not?”: one page that answers for a person and a document, or a person and a day."""
