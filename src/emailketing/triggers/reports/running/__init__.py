"""One run of a report: read once, judge, write to each what is his."""
