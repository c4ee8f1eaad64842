"""A statement: lines of sums and formulas, columns of periods, made by clicking."""
