"""The operators' pages, in Spanish: plain forms, one transaction per button."""
