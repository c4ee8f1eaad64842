"""Pictures of the watched tables: what a time of blindness is compared with."""
