"""Rules: something happened in the business system, so somebody hears of it."""
