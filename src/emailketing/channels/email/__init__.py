"""E-mail over SMTP: the serialiser, the pipelined conversation, and the account it uses."""
