"""The settings of the web side, read once from `WAYSIDE_*`; every fault is named, all at once.

`Config.domain` holds what the domain needs (database, data folder, mail); the rest is HTTP's own.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from reports.environment import (
    declare,
    drop_repeats,
    find_unknown,
    is_production,
    parse_choice,
    parse_line,
    parse_server_url,
    parse_whole_number,
    read,
    split_list,
)
from reports.errors import SettingsFaults
from reports.settings import Settings
from reports.vault import DESK_KEYS, PUBLIC_KEYS

Face = Literal["public", "desk", "both"]
FACES: Final[tuple[Face, ...]] = ("public", "desk", "both")
EARLIER_FACES: Final[Mapping[str, Face]] = MappingProxyType({"staff": "desk"})
"""What the setting was called before, and still may be."""

TRIAL_EXIT: Final = "https://example.org/"
"""Where the exit leads while trying. In production the operator must choose: a light HTTPS page
that is not personal, asks no consent and opens no app."""
DEFAULT_EXITS: Final[tuple[str, ...]] = (TRIAL_EXIT,)
DEFAULT_LANGUAGES: Final[tuple[str, ...]] = ("en", "nl", "fr", "de", "ar")
DEFAULT_TITLE: Final = "Info"
DEFAULT_PORT: Final = 8000
DEFAULT_DESK_PORT: Final = 8001
MOST_PROCESSES: Final = 64
MOST_TONGUES: Final = 60
"""Languages of one instance: the pages that list them all have one size, and hold no more."""
MOST_EXITS: Final = 8
"""Exit targets; the exit's script carries them all and must stay small."""
MOST_DAYS: Final = 60
"""The longest time to the first reading that is worth telling a reporter."""

LIMIT_STORES: Final = ("redis", "rediss", "valkey", "valkeys")
"""Schemes of the store; with an s at the end it is asked over TLS."""

_log: Final = logging.getLogger("wayside.settings")
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")


def _exit_urls(raw: str) -> tuple[str, ...]:
    """All addresses, or one error with what is wrong with each of them."""
    urls = drop_repeats(split_list(raw))
    wrong = [fault for url in urls if (fault := _exit_fault(url))]
    if not urls:
        wrong = ["must be an https address, or several with commas between"]
    if len(urls) > MOST_EXITS:
        wrong.append(f"at most {MOST_EXITS} addresses, not {len(urls)}")
    if wrong:
        raise ValueError("; ".join(wrong))
    return urls


def _exit_fault(url: str) -> str:
    try:
        parsed = urlsplit(url)
        whole = bool(parsed.hostname) and parsed.port != 0
    except ValueError:
        return f"{url!r} is no address"
    if parsed.scheme != "https" or not whole or not url.isascii() or " " in url:
        return f"must be an https address, not {url!r}"
    if parsed.username or parsed.password or set(url) & set("\"'<>\\$;"):
        return f"must be a plain address without a user name, quotes, $ or ;, not {url!r}"
    return ""


def _languages(raw: str) -> tuple[str, ...]:
    tags = drop_repeats(split_list(raw))
    if not tags or not all(map(_TAG.fullmatch, tags)):
        raise ValueError(
            f"must be language tags with commas between, such as en,nl,ar; got {raw!r}"
        )
    if len(tags) > MOST_TONGUES:
        raise ValueError(f"at most {MOST_TONGUES} languages, not {len(tags)}: pages have one size")
    return tags


def _host(raw: str) -> str:
    host = raw.lower()
    if not _HOST.fullmatch(host):
        raise ValueError(f"must be a host name without scheme or path, not {raw!r}")
    return host


def _onion(raw: str) -> str:
    host = _host(raw)
    if not host.endswith(".onion"):
        raise ValueError(f"must end in .onion, not {raw!r}")
    return host


def _face(raw: str) -> Face:
    return EARLIER_FACES.get(raw) or parse_choice(FACES)(raw)


@dataclass(frozen=True, kw_only=True)
class Config:
    """All settings of the web side. Immutable, and valid once made by `from_environ`."""

    domain: Settings
    title: str = declare("TITLE", parse_line(30, "a short neutral word"), DEFAULT_TITLE)
    exit_urls: tuple[str, ...] = declare(
        "EXIT_URL",
        _exit_urls,
        DEFAULT_EXITS,
        needed="must be set in production, to a light HTTPS page that is not personal, "
        "asks no consent and opens no app",
    )
    languages: tuple[str, ...] = declare("LANGUAGES", _languages, DEFAULT_LANGUAGES)
    staff_host: str | None = declare("STAFF_HOST", _host, None)
    onion_host: str | None = declare("ONION_HOST", _onion, None)
    face: Face | None = declare("FACE", _face, None)
    proxy_hops: int = declare("PROXY_HOPS", parse_whole_number(0, 9), 0)
    port: int = declare("PORT", parse_whole_number(1, 65_535), DEFAULT_PORT)
    desk_port: int = declare("DESK_PORT", parse_whole_number(1, 65_535), DEFAULT_DESK_PORT)
    processes: int | None = declare("PROCESSES", parse_whole_number(1, MOST_PROCESSES), None)
    limits_url: str | None = declare(
        "LIMITS_URL", parse_server_url(LIMIT_STORES, f"{LIMIT_STORES[0]}://host:6379/0"), None
    )
    read_within_days: int | None = declare(
        "READ_WITHIN_DAYS", parse_whole_number(1, MOST_DAYS), None
    )
    operator: str = declare("OPERATOR", parse_line(100), "")
    operator_contact: str = declare("OPERATOR_CONTACT", parse_line(200), "")

    def choose_exit_url(self, day: date) -> str:
        """Where the exit leads on this day (UTC): the targets take turns.

        By the day, and not by chance: the target is the same for everybody and says nothing of who
        left, and whoever goes back after leaving meets the page that they left for.
        """
        return self.exit_urls[day.day % len(self.exit_urls)]

    @property
    def has_public(self) -> bool:
        """Whether this process has the pages of everybody; a command has both faces."""
        return self.face != "desk"

    @property
    def has_desk(self) -> bool:
        """Whether this process has the pages of staff; a command has both faces."""
        return self.face != "public"

    @property
    def purposes(self) -> tuple[str, ...]:
        """The files of keys that this process needs; none where it has both faces, and needs the
        pepper (`reports.vault.purposes`)."""
        return {"public": PUBLIC_KEYS, "desk": DESK_KEYS}.get(self.face or "both", ())

    @property
    def own_port(self) -> int:
        """The port of this process."""
        return self.desk_port if self.face == "desk" else self.port

    @property
    def desk_origin(self) -> str:
        """Scheme, host and port of the desk, for links that are made where nobody asks for a page.

        Without a host of its own the desk is on this machine, at a port of its own, unless the
        setting says that one process serves both faces.
        """
        if self.staff_host:
            return f"https://{self.staff_host}"
        return f"http://127.0.0.1:{self.port if self.face == 'both' else self.desk_port}"

    def require_face(self) -> Face:
        """Returns the face that a web server serves. Raises `SettingsFaults` where none is said:
        public site and desk are meant to be processes of their own."""
        if self.face is None:
            raise SettingsFaults(
                [
                    "WAYSIDE_FACE: say what this web server serves: public, desk, or both for "
                    "trials (`make run` starts each by itself)"
                ]
            )
        return self.face

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read `environ`; raise `SettingsFaults` with every fault of both sides.

        A variable that no setting reads is a fault in production, and elsewhere a line in the log.
        """
        faults: list[str] = []
        domain: Settings | None = None
        try:
            domain = Settings.from_environ(environ)
        except SettingsFaults as error:
            faults.extend(error.faults)
        values = read(cls, environ, faults)
        for name, nearest in find_unknown(environ, (Settings, cls)).items():
            if is_production(environ):
                hint = f"; the nearest is {nearest}" if nearest else ""
                faults.append(f"{name}: there is no such setting{hint}")
            else:
                _log.warning("event=setting_unknown name=%s nearest=%s", name, nearest or "-")
        if faults or domain is None:
            raise SettingsFaults(faults)
        return cls(domain=domain, **values)
