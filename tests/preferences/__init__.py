"""What readers want, heard by mail."""
