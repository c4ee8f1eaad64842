"""A named question to a source whose answer is a table: columns that say what they are, and rows.

Every kind gives the same (`ask.py`); how each is asked: `kinds/`. Reading that delays nobody:
`reading/`.
"""
