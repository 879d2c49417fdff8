"""Removes metadata from files: who made them, where, with what and when.

The type is detected from the first bytes, never from the name. All parsing of untrusted files
happens in a separate child process with little memory and time (`reports.scrub.child`), fed through
a pipe: nothing is written to disk. A type that is not known here is never parsed.

That process imports this package as well, and starts the faster the less stands here: who runs it
imports `reports.scrub.scrubber`.
"""

from reports.scrub.kinds import ENDINGS, HEAD, MEDIA_TYPES, PICTURES, Kind, detect_kind

__all__ = ["ENDINGS", "HEAD", "MEDIA_TYPES", "PICTURES", "Kind", "detect_kind"]
