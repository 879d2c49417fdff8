"""The settings of the domain, read once from `WAYSIDE_*` and frozen.

Everything that is wrong is reported together, each fault in one sentence that names the variable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Final, Literal

from reports import translation
from reports.environment import (
    ENV,
    PRODUCTION,
    declare,
    drop_repeats,
    parse_choice,
    parse_server_url,
    parse_whole_number,
    read,
    split_list,
)
from reports.errors import SettingsFaults
from reports.routing.country import list_codes

Env = Literal["development", "production"]
ENVS: Final[tuple[Env, ...]] = ("development", PRODUCTION)
ANSWER_HOURS = (4, 24, 72, 168)
"""Hours in which a recipient should say that it has a report, the most urgent first. No source
gives a time; these are ours: an hour of danger, a day, three days, a week."""
ANYWHERE = "elsewhere"
"""The desk of reports whose country is another one or not known."""
EVERY_DESK = "all"
NOTICE_TIMES = (time(8), time(13), time(17, 30))
"""When staff are told by mail whether something waits, by the clock of the first country served."""
RETENTION_DAYS = 90
"""Days between closing a report and erasing it (docs/security-parameters.md#SP-3.7)."""
RAISING_HOURS = 72
"""Hours until who asked for a new administrator may confirm alone
(docs/security-parameters.md#SP-2.16)."""
PURGE_LIMIT = 200
"""Reports erased on one day at most. Far more than a desk closes on a day; so few that a mistake is
read before it has taken everything (docs/security-parameters.md#SP-4.18)."""
ROOM_LEAST = 500
"""Megabytes that must be free where something is written (docs/security-parameters.md#SP-4.11)."""
ROOM_FOR_FILES = 2048
"""The same where files lie, for files to be taken (docs/security-parameters.md#SP-4.11)."""
UNSENT_ROOM: Final = 400
"""Megabytes of everything together that was begun and not sent: a fifth of what must be free for
files, so that whoever sends nothing never uses that up (docs/security-parameters.md#SP-4.23)."""
UNSENT_FORM: Final = 100
"""The same of one form: four of the largest files."""
MOST_MEGABYTES: Final = 100_000_000
MOST_DAYS: Final = 3650
MOST_HOURS: Final = 2160

_DATABASES = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite",
}
_STORES = ("s3", "file")
"""Schemes of a store for files; `file` is for trying what a bucket does without one."""


def _folder(raw: str) -> Path:
    return Path(raw).resolve()


def _database_url(raw: str) -> str:
    scheme, _, rest = raw.partition("://")
    if scheme not in _DATABASES or not rest:
        raise ValueError("must begin with sqlite:///, or postgresql://")
    return f"{_DATABASES[scheme]}://{rest}"


def _blob_url(raw: str) -> str:
    scheme, _, rest = raw.partition("://")
    if scheme not in _STORES or not rest:
        raise ValueError("must look like s3://bucket/folder")
    return raw


def _address(raw: str) -> str:
    local, at, domain = raw.rpartition("@")
    if not (local and at and domain) or any(c.isspace() for c in raw) or "<" in raw:
        raise ValueError(f"{raw!r} is not a plain address")
    return raw


def _countries(raw: str) -> tuple[str, ...]:
    codes = drop_repeats(part.upper() for part in split_list(raw))
    known = list_codes()
    if not codes or set(codes) - set(known):
        raise ValueError(f"{raw!r}; allowed are {', '.join(known)}")
    return codes


def _answer_hours(raw: str) -> tuple[int, ...]:
    try:
        hours = tuple(map(parse_whole_number(1, MOST_HOURS), split_list(raw)))
    except ValueError:
        hours = ()
    if len(hours) != len(ANSWER_HOURS):
        raise ValueError(
            f"{raw!r} is not four numbers of hours, the most urgent first, such as 4,24,72,168"
        )
    return hours


def _desks(raw: str) -> tuple[str, ...]:
    return drop_repeats(part.lower() for part in split_list(raw))


def _times(raw: str) -> tuple[time, ...]:
    try:
        times = sorted({time.fromisoformat(part) for part in split_list(raw)})
    except ValueError:
        times = []
    if not times:
        raise ValueError(f"{raw!r} must be times such as 08:00,17:30")
    return tuple(times)


def _engine(raw: str) -> str:
    installed = translation.list_engines()
    if raw not in installed:
        there = ", ".join(installed) or "none"
        raise ValueError(f"no engine {raw!r} is installed; there is: {there}")
    return raw


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the domain needs to know of this instance.

    `smtp_url` is None where no mail server is configured: outside production each encrypted mail
    then becomes a file under `mail_folder`; in production deliveries wait. `blob_url` is None where
    files that reporters send lie in the data folder. `answer_hours` are the hours in which a
    recipient should answer, from urgency 3 down to 0; `four_eyes` are the names of the desks where
    a second person confirms every referral, or `EVERY_DESK`. `files_days` are the days between
    closing a report and erasing its files, where those go before the report. `purge_limit` is how
    many reports are erased on one day at most. The rooms and limits of stores are megabytes.
    """

    env: Env = declare(ENV, parse_choice(ENVS), "development")
    data_dir: Path = declare("DATA_DIR", _folder)
    database_url: str = declare("DATABASE_URL", _database_url)
    blob_url: str | None = declare("BLOB_URL", _blob_url, None)
    smtp_url: str | None = declare(
        "SMTP_URL",
        parse_server_url(("smtp", "smtps"), "smtp://name:password@host:port or smtps://"),
        None,
    )
    mail_from: str = declare(
        "MAIL_FROM",
        _address,
        "desk@localhost",
        needed="needed in production; the address that mail comes from",
    )
    countries: tuple[str, ...] = declare("COUNTRIES", _countries, find=list_codes)
    answer_hours: tuple[int, ...] = declare("ANSWER_HOURS", _answer_hours, ANSWER_HOURS)
    four_eyes: tuple[str, ...] = declare("FOUR_EYES", _desks, ())
    notice_times: tuple[time, ...] = declare("NOTICE_TIMES", _times, NOTICE_TIMES)
    retention_days: int = declare(
        "RETENTION_DAYS", parse_whole_number(1, MOST_DAYS), RETENTION_DAYS
    )
    raising_hours: int = declare("RAISING_HOURS", parse_whole_number(1, MOST_HOURS), RAISING_HOURS)
    purge_limit: int = declare("PURGE_LIMIT", parse_whole_number(1, 1_000_000), PURGE_LIMIT)
    files_days: int | None = declare("FILES_DAYS", parse_whole_number(0, MOST_DAYS), None)
    room_least: int = declare("ROOM_LEAST", parse_whole_number(0, MOST_MEGABYTES), ROOM_LEAST)
    room_for_files: int = declare(
        "ROOM_FOR_FILES", parse_whole_number(0, MOST_MEGABYTES), ROOM_FOR_FILES
    )
    database_limit: int | None = declare(
        "DATABASE_LIMIT", parse_whole_number(1, MOST_MEGABYTES), None
    )
    files_limit: int | None = declare("FILES_LIMIT", parse_whole_number(1, MOST_MEGABYTES), None)
    unsent_room: int | None = declare("UNSENT_ROOM", parse_whole_number(1, MOST_MEGABYTES), None)
    unsent_form: int | None = declare("UNSENT_FORM", parse_whole_number(1, MOST_MEGABYTES), None)
    translate: str | None = declare("TRANSLATE", _engine, None)

    @property
    def unsent_megabytes(self) -> int:
        """What all unsent drafts and files may take together; as set, or what the room allows."""
        allowed = (self.room_for_files or ROOM_FOR_FILES) // 4
        return self.unsent_room or max(1, min(UNSENT_ROOM, allowed))

    @property
    def form_megabytes(self) -> int:
        """What the files of one form may take."""
        return self.unsent_form or min(UNSENT_FORM, self.unsent_megabytes)

    @property
    def files_earlier(self) -> int:
        """Days by which the files of a closed report go before the report."""
        return 0 if self.files_days is None else self.retention_days - self.files_days

    @property
    def production(self) -> bool:
        return self.env == PRODUCTION

    @property
    def mail_folder(self) -> Path:
        return self.data_dir / "mail"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check; raises `SettingsFaults` with every fault at once."""
        faults: list[str] = []
        values = read(cls, environ, faults)
        data_dir = values.setdefault("data_dir", _folder("var"))
        values.setdefault("database_url", f"sqlite:///{data_dir / 'wayside.db'}")
        settings = cls(**values)
        if settings.files_earlier < 0:
            faults.append("WAYSIDE_FILES_DAYS: files cannot stay longer than their report")
        faults += _list_unsent_faults(settings)
        desks = (*list_desks(settings.countries), EVERY_DESK)
        if unknown := [name for name in settings.four_eyes if name not in desks]:
            faults.append(
                f"WAYSIDE_FOUR_EYES: there is no desk {', '.join(map(repr, unknown))}; "
                f"allowed are {', '.join(desks)}"
            )
        if faults:
            raise SettingsFaults(faults)
        return settings


def _list_unsent_faults(settings: Settings) -> list[str]:
    """What keeps the budget of the unsent from holding: it must be used up before the disk is."""
    faults = []
    if settings.room_for_files and settings.unsent_megabytes * 2 > settings.room_for_files:
        faults.append(
            "WAYSIDE_UNSENT_ROOM: must be at most half of WAYSIDE_ROOM_FOR_FILES, "
            f"which is {settings.room_for_files}"
        )
    if settings.form_megabytes > settings.unsent_megabytes:
        faults.append(
            "WAYSIDE_UNSENT_FORM: one form cannot have more than all together, "
            f"which is {settings.unsent_megabytes}"
        )
    return faults


def list_desks(countries: Iterable[str]) -> dict[str, str | None]:
    """The desks of an instance that serves `countries`: each by its name, with its country."""
    return {**{country.lower(): country for country in countries}, ANYWHERE: None}
