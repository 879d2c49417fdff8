"""The settings of the web side, read once from `WAYSIDE_*`; every fault is named, all at once.

`Config.domain` holds what the domain needs (database, data folder, mail); the rest is HTTP's own.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Self, TypeVar
from urllib.parse import urlsplit

from reports.errors import SettingsFaults
from reports.settings import Settings

SettingValue = TypeVar("SettingValue")
Face = Literal["public", "staff", "both"]
FACES: Final[tuple[Face, ...]] = ("public", "staff", "both")

TRIAL_EXIT: Final = "https://example.org/"
"""Where the exit leads while trying. In production the operator must choose: a light HTTPS page
that is not personal, asks no consent and opens no app."""
DEFAULT_EXITS: Final[tuple[str, ...]] = (TRIAL_EXIT,)
DEFAULT_LANGUAGES: Final[tuple[str, ...]] = ("en", "nl", "fr", "de", "ar")
DEFAULT_TITLE: Final = "Info"
DEFAULT_PORT: Final = 8000
MOST_EXITS: Final = 8
"""Exit targets; the exit's script carries them all and must stay small."""
MOST_DAYS: Final = 60
"""The longest time to the first reading that is worth telling a reporter."""

LIMIT_STORES: Final = ("redis", "rediss", "valkey", "valkeys")
"""Schemes of the store; with an s at the end it is asked over TLS."""

_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")


@dataclass(frozen=True, kw_only=True)
class Config:
    """All settings of the web side. Immutable, and valid once made by `from_environ`."""

    domain: Settings
    title: str = DEFAULT_TITLE
    exit_urls: tuple[str, ...] = DEFAULT_EXITS
    languages: tuple[str, ...] = DEFAULT_LANGUAGES
    staff_host: str | None = None
    onion_host: str | None = None
    face: Face = "both"
    proxy_hops: int = 0
    port: int = DEFAULT_PORT
    limits_url: str | None = None
    read_within_days: int | None = None
    operator: str = ""
    operator_contact: str = ""

    def choose_exit_url(self, day: date) -> str:
        """Where the exit leads on this day (UTC): the targets take turns.

        By the day, and not by chance: the target is the same for everybody and says nothing of who
        left, and whoever goes back after leaving meets the page that they left for.
        """
        return self.exit_urls[day.day % len(self.exit_urls)]

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read `environ`; raise `SettingsFaults` with every fault of both sides."""
        faults: list[str] = []
        domain: Settings | None = None
        try:
            domain = Settings.from_environ(environ)
        except SettingsFaults as error:
            faults.extend(error.faults)

        def read(
            name: str, default: SettingValue, parse: Callable[[str], SettingValue]
        ) -> SettingValue:
            raw = environ.get(f"WAYSIDE_{name}", "").strip()
            if not raw:
                return default
            try:
                return parse(raw)
            except ValueError as error:
                faults.append(f"WAYSIDE_{name}: {error}")
                return default

        production = environ.get("WAYSIDE_ENV", "").strip() == "production"
        if production and not environ.get("WAYSIDE_EXIT_URL", "").strip():
            faults.append(
                "WAYSIDE_EXIT_URL: must be set in production, to a light HTTPS page "
                "that is not personal, asks no consent and opens no app"
            )
        values = {
            "title": read("TITLE", DEFAULT_TITLE, _title),
            "exit_urls": read("EXIT_URL", DEFAULT_EXITS, _exit_urls),
            "languages": read("LANGUAGES", DEFAULT_LANGUAGES, _languages),
            "staff_host": read("STAFF_HOST", None, _host),
            "onion_host": read("ONION_HOST", None, _onion),
            "face": read("FACE", "both", _face),
            "proxy_hops": read("PROXY_HOPS", 0, lambda raw: _number(raw, 0, 9)),
            "port": read("PORT", DEFAULT_PORT, lambda raw: _number(raw, 1, 65_535)),
            "limits_url": read("LIMITS_URL", None, _limits_url),
            "operator": read("OPERATOR", "", lambda raw: _words(raw, 100)),
            "operator_contact": read("OPERATOR_CONTACT", "", lambda raw: _words(raw, 200)),
            "read_within_days": read(
                "READ_WITHIN_DAYS", None, lambda raw: _number(raw, 1, MOST_DAYS)
            ),
        }
        if faults or domain is None:
            raise SettingsFaults(faults)
        return cls(domain=domain, **values)  # type: ignore[arg-type]  # one dict, many types


def _title(raw: str) -> str:
    if len(raw) > 30 or not raw.isprintable():
        raise ValueError("must be a short neutral word of at most 30 characters")
    return raw


def _words(raw: str, most: int) -> str:
    """A line that the page "About this site" shows as it is."""
    if len(raw) > most or not raw.isprintable():
        raise ValueError(f"must be one printable line of at most {most} characters")
    return raw


def _limits_url(raw: str) -> str:
    """The store of the limits that several machines share."""
    parts = urlsplit(raw)
    if parts.scheme not in LIMIT_STORES or not parts.hostname or parts.port == 0:
        raise ValueError(f"must look like {LIMIT_STORES[0]}://host:6379/0")
    return raw


def _exit_urls(raw: str) -> tuple[str, ...]:
    """All addresses, or one error with what is wrong with each of them."""
    urls = tuple(dict.fromkeys(url.strip() for url in raw.split(",") if url.strip()))
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
        parts = urlsplit(url)
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return f"{url!r} is no address"
    if parts.scheme != "https" or not whole or not url.isascii() or " " in url:
        return f"must be an https address, not {url!r}"
    if parts.username or parts.password or set(url) & set("\"'<>\\$;"):
        return f"must be a plain address without a user name, quotes, $ or ;, not {url!r}"
    return ""


def _languages(raw: str) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(tag.strip() for tag in raw.split(",") if tag.strip()))
    bad = [tag for tag in tags if not _TAG.fullmatch(tag)]
    if bad or not tags:
        raise ValueError(
            f"must be language tags with commas between, such as en,nl,ar; got {raw!r}"
        )
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
    if raw not in FACES:
        raise ValueError(f"must be one of {', '.join(FACES)}, not {raw!r}")
    return raw


def _number(raw: str, least: int, most: int) -> int:
    if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
        raise ValueError(f"must be a whole number from {least} to {most}, not {raw!r}")
    return int(raw)
