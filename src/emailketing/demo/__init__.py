"""The sample company: a service station with shop and two branches, as its old system sees it.

Its own plain database (schema.sql), a few operator pages and a script that plays a day of business.
It is an ordinary business system: it knows nothing of the product that is attached to it, and
shares no line with it.
"""
