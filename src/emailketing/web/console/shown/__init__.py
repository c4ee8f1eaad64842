"""How mails, papers, phones, stories and words are shown."""
