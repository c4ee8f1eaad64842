"""Reads that may take long and delay nobody: bounded in time and rows, cancelled from outside."""
