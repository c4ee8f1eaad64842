"""The clock: the only place that knows every step, and the two processes that run them."""
