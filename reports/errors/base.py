"""What every named failure of the domain derives from."""


class WaysideError(Exception):
    """Base of every failure that the domain announces."""
