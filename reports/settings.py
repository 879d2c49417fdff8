"""The settings of the domain, read once from `WAYSIDE_*` and frozen.

Everything that is wrong is reported together, each fault in one sentence that names the variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from reports import translation
from reports.errors import SettingsFaults

Env = Literal["development", "production"]
COUNTRIES = ("BE", "NL", "LU")
ANSWER_HOURS = (4, 24, 72, 168)
"""Hours in which a recipient should say that it has a report, the most urgent first. No source
gives a time; these are ours: an hour of danger, a day, three days, a week."""
EVERY_DESK = "all"
NOTICE_TIMES = (time(8), time(13), time(17, 30))
"""When staff are told by mail whether something waits, by the clock of the three countries."""
RETENTION_DAYS = 90
"""Days between closing a report and erasing it (docs/security-parameters.md#SP-3.7)."""

_DATABASES = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite",
}
_STORES = ("s3", "file")
"""Schemes of a store for files; `file` is for trying what a bucket does without one."""


@dataclass(frozen=True)
class Settings:
    """What the domain needs to know of this instance.

    `smtp_url` is None where no mail server is configured: outside production each encrypted mail
    then becomes a file under `mail_folder`; in production deliveries wait. `blob_url` is None where
    files that reporters send lie in the data folder. `answer_hours` are the hours in which a
    recipient should answer, from urgency 3 down to 0; `four_eyes` are the names of the desks where
    a second person confirms every referral, or `EVERY_DESK`. `files_days` are the days between
    closing a report and erasing its files, where those go before the report.
    """

    env: Env
    data_dir: Path
    database_url: str
    smtp_url: str | None
    mail_from: str
    countries: tuple[str, ...]
    retention_days: int
    blob_url: str | None = None
    answer_hours: tuple[int, ...] = ANSWER_HOURS
    four_eyes: tuple[str, ...] = ()
    notice_times: tuple[time, ...] = NOTICE_TIMES
    translate: str | None = None
    files_days: int | None = None

    @property
    def files_earlier(self) -> int:
        """Days by which the files of a closed report go before the report."""
        return 0 if self.files_days is None else self.retention_days - self.files_days

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def mail_folder(self) -> Path:
        return self.data_dir / "mail"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check; raises `SettingsFaults` with every fault at once."""
        faults: list[str] = []
        data_dir = Path(environ.get("WAYSIDE_DATA_DIR", "var")).resolve()
        env = _env(environ, faults)
        settings = cls(
            env=env,
            data_dir=data_dir,
            database_url=_database_url(environ, data_dir, faults),
            smtp_url=_smtp_url(environ, faults),
            mail_from=_mail_from(environ, env, faults),
            countries=_countries(environ, faults),
            retention_days=_retention_days(environ, faults),
            blob_url=_blob_url(environ, faults),
            answer_hours=_answer_hours(environ, faults),
            four_eyes=_four_eyes(environ),
            notice_times=_notice_times(environ, faults),
            translate=_translate(environ, faults),
            files_days=_files_days(environ, faults),
        )
        if settings.files_earlier < 0:
            faults.append("WAYSIDE_FILES_DAYS: files cannot stay longer than their report")
        if faults:
            raise SettingsFaults(faults)
        return settings


def _translate(environ: Mapping[str, str], faults: list[str]) -> str | None:
    value = environ.get("WAYSIDE_TRANSLATE", "")
    if value and value not in translation.list_engines():
        installed = ", ".join(translation.list_engines()) or "none"
        faults.append(f"WAYSIDE_TRANSLATE: no engine {value!r} is installed; there is: {installed}")
    return value or None


def _notice_times(environ: Mapping[str, str], faults: list[str]) -> tuple[time, ...]:
    raw = environ.get("WAYSIDE_NOTICE_TIMES", "")
    if not raw:
        return NOTICE_TIMES
    try:
        return tuple(sorted({time.fromisoformat(part.strip()) for part in raw.split(",")}))
    except ValueError:
        faults.append(f"WAYSIDE_NOTICE_TIMES: {raw!r} must be times such as 08:00,17:30")
        return NOTICE_TIMES


def _env(environ: Mapping[str, str], faults: list[str]) -> Env:
    value = environ.get("WAYSIDE_ENV", "development")
    if value == "production":
        return "production"
    if value != "development":
        faults.append(f"WAYSIDE_ENV: {value!r} is neither 'development' nor 'production'")
    return "development"


def _database_url(environ: Mapping[str, str], data_dir: Path, faults: list[str]) -> str:
    value = environ.get("WAYSIDE_DATABASE_URL", "")
    if not value:
        return f"sqlite:///{data_dir / 'wayside.db'}"
    scheme, _, rest = value.partition("://")
    if scheme not in _DATABASES or not rest:
        faults.append("WAYSIDE_DATABASE_URL: must begin with sqlite:///, or postgresql://")
        return value
    return f"{_DATABASES[scheme]}://{rest}"


def _smtp_url(environ: Mapping[str, str], faults: list[str]) -> str | None:
    value = environ.get("WAYSIDE_SMTP_URL", "")
    if not value:
        return None
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("smtp", "smtps") and parts.hostname and (parts.port or True)
    except ValueError:
        usable = False
    if not usable:
        faults.append("WAYSIDE_SMTP_URL: must look like smtp://name:password@host:port or smtps://")
    return value


def _mail_from(environ: Mapping[str, str], env: Env, faults: list[str]) -> str:
    value = environ.get("WAYSIDE_MAIL_FROM", "")
    if not value and env == "production":
        faults.append("WAYSIDE_MAIL_FROM: needed in production; the address that mail comes from")
    value = value or "desk@localhost"
    local, at, domain = value.rpartition("@")
    if not (local and at and domain) or any(c.isspace() for c in value) or "<" in value:
        faults.append(f"WAYSIDE_MAIL_FROM: {value!r} is not a plain address")
    return value


def _countries(environ: Mapping[str, str], faults: list[str]) -> tuple[str, ...]:
    raw = environ.get("WAYSIDE_COUNTRIES", ",".join(COUNTRIES))
    values = tuple(dict.fromkeys(part.strip().upper() for part in raw.split(",") if part.strip()))
    unknown = [value for value in values if value not in COUNTRIES]
    if unknown or not values:
        faults.append(f"WAYSIDE_COUNTRIES: {raw!r}; allowed are {', '.join(COUNTRIES)}")
    return values


def _blob_url(environ: Mapping[str, str], faults: list[str]) -> str | None:
    value = environ.get("WAYSIDE_BLOB_URL", "")
    if not value:
        return None
    scheme, _, rest = value.partition("://")
    if scheme not in _STORES or not rest:
        faults.append("WAYSIDE_BLOB_URL: must look like s3://bucket/folder")
    return value


def _retention_days(environ: Mapping[str, str], faults: list[str]) -> int:
    raw = environ.get("WAYSIDE_RETENTION_DAYS", str(RETENTION_DAYS))
    if not (raw.isascii() and raw.isdigit() and 1 <= int(raw) <= 3650):
        faults.append(f"WAYSIDE_RETENTION_DAYS: {raw!r} is not a number of days from 1 to 3650")
        return RETENTION_DAYS
    return int(raw)


def _files_days(environ: Mapping[str, str], faults: list[str]) -> int | None:
    raw = environ.get("WAYSIDE_FILES_DAYS", "")
    if raw and not (raw.isascii() and raw.isdigit() and int(raw) <= 3650):
        faults.append(f"WAYSIDE_FILES_DAYS: {raw!r} is not a number of days from 0 to 3650")
        return None
    return int(raw) if raw else None


def _answer_hours(environ: Mapping[str, str], faults: list[str]) -> tuple[int, ...]:
    raw = environ.get("WAYSIDE_ANSWER_HOURS", "")
    if not raw:
        return ANSWER_HOURS
    parts = [part.strip() for part in raw.split(",")]
    right = all(part.isascii() and part.isdigit() and 1 <= int(part) <= 2160 for part in parts)
    if not right or len(parts) != len(ANSWER_HOURS):
        faults.append(
            f"WAYSIDE_ANSWER_HOURS: {raw!r} is not four numbers of hours, the most urgent first, "
            "such as 4,24,72,168"
        )
        return ANSWER_HOURS
    return tuple(int(part) for part in parts)


def _four_eyes(environ: Mapping[str, str]) -> tuple[str, ...]:
    raw = environ.get("WAYSIDE_FOUR_EYES", "")
    return tuple(part.strip().lower() for part in raw.split(",") if part.strip())
