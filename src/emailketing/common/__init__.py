"""The ground: no models, nothing about our business, imported by everything."""
