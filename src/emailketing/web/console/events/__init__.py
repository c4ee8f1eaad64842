"""What happened in the business systems, and what each event caused."""
