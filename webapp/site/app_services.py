"""What an application is made of, each part typed and named: `get_services().engine`.

`create_app` makes the parts once. They stand under one key of `app.extensions`; what libraries keep
there is theirs. The types of parts whose modules ask for their part here are named for the type
checker alone, so that nothing is imported in a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Event, Lock
from typing import TYPE_CHECKING, Final, cast

from flask import current_app, has_app_context
from flask.sansio.app import App
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from reports import translation
from reports.blobs import Store
from reports.render.renderer import Renderer
from reports.scrub.scrubber import Scrubber
from reports.translation import TranslationEngine
from reports.triage.found_identifiers import Matcher
from reports.vault import Vault
from webapp.config import Config

if TYPE_CHECKING:
    from webapp.i18n import Languages
    from webapp.site.assets import Assets
    from webapp.site.country_edition import EditionCache, EditionCheck
    from webapp.site.disk_guard import StoreRoom
    from webapp.site.padded_response import PageCache
    from webapp.site.page_registry import PageSource
    from webapp.site.rate_limit import LocalLimiter, SharedLimiter
    from webapp.site.readiness import Readiness
    from webapp.site.recordings import Recording
    from webapp.site.waiting_room import WaitingRoom

KEY: Final = "wayside"


@dataclass(frozen=True, kw_only=True)
class Services:
    """The parts of one application. What depends on the keys or on a plug-in is made when needed.

    `clock` says what time it is, in UTC; `room`, how much each store still takes. `writers` is the
    line of those who write, on SQLite alone; `waiting_room` has the seats of those who wait for the
    database or the bucket. `shared_limiter` counts for several machines. `readiness` knows whether
    the parts answer. `edition_checks` and `kept_pages` are filled while the application runs.
    `schema_compared` is set once the database was found to have our schema, `keys_compared` once
    the keys were found to be those of its instance, and `store_compared` once the store was.
    `worker_missed_from` holds the moment at which the desk first asked for the worker's last turn.
    """

    config: Config
    clock: Callable[[], datetime]
    engine: Engine
    sessions: sessionmaker[Session]
    writers: Lock | None
    waiting_room: WaitingRoom
    load_vault: Callable[[], Vault]
    room: StoreRoom
    store: Store
    readiness: Readiness
    scrubber: Scrubber
    renderer: Renderer
    matcher: Matcher
    limiter: LocalLimiter
    shared_limiter: SharedLimiter | None
    countries: EditionCache
    languages: Languages
    assets: Assets
    recordings: Mapping[tuple[str, str], Recording]
    page_sources: tuple[PageSource, ...]
    edition_checks: list[EditionCheck] = field(default_factory=list)
    kept_pages: dict[int, PageCache] = field(default_factory=dict)
    schema_compared: Event = field(default_factory=Event)
    keys_compared: Event = field(default_factory=Event)
    store_compared: Event = field(default_factory=Event)
    worker_missed_from: list[datetime] = field(default_factory=list)

    @cached_property
    def vault(self) -> Vault:
        """The instance's keys outside the database. Raises `NotFounded` before `init`."""
        return self.load_vault()

    def forget_vault(self) -> None:
        """Lets the keys be loaded anew, because those that were loaded are not to be used."""
        vars(self).pop("vault", None)

    @cached_property
    def translator(self) -> TranslationEngine:
        """The engine of the settings, loaded at its first use. Raises `NoTranslation`."""
        return translation.load(self.config.domain.translate or "")


def has_services() -> bool:
    """Tells whether an application runs now that has its parts."""
    return has_app_context() and KEY in current_app.extensions


def get_services(app: App | None = None) -> Services:
    """Returns the parts of `app`; without one, of the application that runs now."""
    return cast(Services, (app or current_app).extensions[KEY])
