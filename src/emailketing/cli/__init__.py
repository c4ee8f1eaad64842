"""The command line: an equal caller of the same verbs as the console."""
