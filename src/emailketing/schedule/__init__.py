"""The clock of everything that recurs: days by rule, times, free days, and the words for them."""
