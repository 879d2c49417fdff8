"""What every named failure of the domain derives from.

Small on purpose: every module of failures imports it.
"""


class WaysideError(Exception):
    """Base of every failure that the domain announces."""
