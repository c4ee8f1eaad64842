"""Rules: list, the editor made of clicks, “Try it” on a past document, the flood guard."""
