"""Which pages can be carried away: by the offline copy, and by the export.

Each part of the public face that has such pages says which; the parts do not know each other. A
page is carried when it is the same for everybody and holds no token.

Small on purpose: the parts that register pages must not know each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from webapp.site.app_services import get_services


@dataclass(frozen=True, slots=True)
class OfflinePage:
    """One page by its code. `timely`: it says what is true just now, such as who is open."""

    code: str
    timely: bool = False


PageSource = Callable[[], Iterable[OfflinePage]]


def list_pages() -> tuple[OfflinePage, ...]:
    """Every page that can be carried away, in the order of the parts; the same in each language."""
    return tuple(page for source in get_services().page_sources for page in source())
