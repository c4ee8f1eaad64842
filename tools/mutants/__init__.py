"""Mutation tests: small faults are put into a module; its tests must notice each of them."""
