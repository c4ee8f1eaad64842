"""What every gateway that speaks HTTP has in common: its address, the conversation, its answers."""
