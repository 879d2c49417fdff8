"""What of a cleaned file is not as it was, in words for who sent it and for the desk.

Small on purpose: both faces list files, and nothing else of theirs is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from reports.scrub.remarks import CUT, MEMBERS, PARTS, STILL, Remarks
from webapp.i18n import DESK, MESSAGES

_ = MESSAGES.lazy_gettext
desk_text = DESK.lazy_gettext

_PUBLIC: Final[Mapping[str, LazyString]] = {
    CUT: _("The end of this file was missing. We kept what was there."),
    STILL: _("This picture moved. We kept only its first picture."),
    PARTS: _("Parts inside that we could not clean and left out: %(count)s."),
    MEMBERS: _("Files inside that we could not clean and left out: %(count)s."),
}
_DESK: Final[Mapping[str, LazyString]] = {
    CUT: desk_text("The end of the file was missing when it came."),
    STILL: desk_text("It was a moving picture; this is the first one of it."),
    PARTS: desk_text("Parts inside that could not be cleaned and were left out: %(count)s."),
    MEMBERS: desk_text("Files inside that could not be cleaned and were left out: %(count)s."),
}


def describe_remarks(remarks: Remarks, *, desk: bool = False) -> list[str]:
    """Returns a sentence for each remark, in the language of the request."""
    table = _DESK if desk else _PUBLIC
    return [
        str(table[code]).replace("%(count)s", str(count))
        for code, count in remarks.items()
        if code in table
    ]
