"""Help in place: the “?” of each page, the pages it opens, the words that are explained."""
