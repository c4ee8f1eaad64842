"""Fields that understand what people type."""
