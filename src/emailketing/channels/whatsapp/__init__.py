"""WhatsApp: approved texts by the Cloud API, documents, and receipts that are signed."""
