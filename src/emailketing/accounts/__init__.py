"""Staff: who may sign in, what each role may do, and who changed what."""
