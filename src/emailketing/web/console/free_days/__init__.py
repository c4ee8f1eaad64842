"""Free days: holidays, moved, added or worked; which weekdays are free."""
