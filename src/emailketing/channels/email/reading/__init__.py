"""Read the mailbox of a sender: headers only, changing nothing there."""
