"""Forms and fields that understand what people type."""
