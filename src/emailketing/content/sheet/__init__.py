"""A table made from data, as it is read: spreadsheet, paper, mail and text for the phone."""
