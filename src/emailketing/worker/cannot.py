"""Why a worker does not start or go on."""


class CannotWork(Exception):
    """Something outside must be put right before the worker can start."""
