"""Words: brand, templates with immutable revisions, documents, and how values are written."""
