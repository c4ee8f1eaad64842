"""The wiring: settings, URLs, the WSGI entry point. May import everything."""
