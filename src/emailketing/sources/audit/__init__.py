"""From captured changes to what people are told: who changed or deleted which record, and how."""
