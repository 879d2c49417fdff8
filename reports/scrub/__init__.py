"""Hidden details out of files: who made it, where, with what, when.

The type is told by the first bytes, never by a name. All parsing of what strangers send happens in
a child process of its own with little memory and time (`reports.scrub.child`), fed through a pipe:
nothing touches the disk. A type that is not known here is never parsed.
"""

from reports.scrub.kinds import ENDINGS, HEAD, MEDIA_TYPES, PICTURES, Kind, detect_kind
from reports.scrub.scrubber import Scrubber

__all__ = ["ENDINGS", "HEAD", "MEDIA_TYPES", "PICTURES", "Kind", "Scrubber", "detect_kind"]
