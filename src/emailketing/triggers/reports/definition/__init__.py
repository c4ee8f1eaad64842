"""What a report says: checked and saved through one door, whatever the face."""
