"""Backups: one file that holds a whole instance, taken while it runs, and the way back.

What was sealed stays sealed in it. It does hold the keys folder, without which no report could
ever be opened again: keep a backup as safely as the data folder itself.
"""

from reports.backup.restoration import restore
from reports.backup.snapshot import take

__all__ = ["restore", "take"]
