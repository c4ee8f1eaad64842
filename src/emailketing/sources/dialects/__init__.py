"""The kinds of business database a source may have: each is a folder here, and nothing else."""
