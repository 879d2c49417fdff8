"""The budget of what is unsent, as the settings give it (docs/security-parameters.md#SP-4.23).

Small on purpose: what is evicted is the domain's to decide.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from reports import unsent_room
from reports.attachments.uploads import AnnouncedFile
from reports.eviction import UNITS_A_MEGABYTE
from webapp.site import rate_limit
from webapp.site.app_services import get_services
from webapp.site.clock import now


def keep_within(session: Session) -> frozenset[bytes]:
    """Evicts what is too much; returns the keys of it. The caller commits."""
    most = get_services().config.domain.unsent_megabytes * UNITS_A_MEGABYTE
    return unsent_room.keep_within(session, most, now())


def make_announced_file(name: str, length: int, *, keep_original: bool) -> AnnouncedFile:
    """Returns a file that is to come with this request, with the limit for its form."""
    most = get_services().config.domain.form_megabytes * UNITS_A_MEGABYTE
    return AnnouncedFile(name, length, keep_original, rate_limit.find_network_tag(), most)
