"""eMailketing writes to the right people when something happens in the business system."""
