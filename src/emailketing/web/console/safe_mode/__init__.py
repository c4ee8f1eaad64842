"""A database that is not the one we know: look, then confirm or leave the brake on."""
