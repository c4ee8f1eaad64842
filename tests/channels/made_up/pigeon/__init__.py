"""A channel that only a test knows: a folder, and nothing else, makes it one."""
