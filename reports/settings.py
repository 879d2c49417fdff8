"""The settings of the domain, read once from `WAYSIDE_*` and frozen.

Everything that is wrong is reported together, each fault in one sentence that names the variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from reports.errors import SettingsFaults

Env = Literal["development", "production"]
COUNTRIES = ("BE", "NL", "LU")
RETENTION_DAYS = 90
"""Days between closing a report and erasing it (security.md, section 1)."""

_DATABASES = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite",
}


@dataclass(frozen=True)
class Settings:
    """What the domain needs to know of this instance.

    `smtp_url` is None where no mail server is configured: outside production each encrypted mail
    then becomes a file under `mail_folder`; in production deliveries wait.
    """

    env: Env
    data_dir: Path
    database_url: str
    smtp_url: str | None
    mail_from: str
    countries: tuple[str, ...]
    retention_days: int

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
        )
        for name, until in (("BLOB_URL", "no attachments"), ("LIMITS_URL", "no shared limits")):
            if environ.get(f"WAYSIDE_{name}"):
                faults.append(f"WAYSIDE_{name}: this version keeps {until}; leave it unset")
        if faults:
            raise SettingsFaults(faults)
        return settings


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


def _retention_days(environ: Mapping[str, str], faults: list[str]) -> int:
    raw = environ.get("WAYSIDE_RETENTION_DAYS", str(RETENTION_DAYS))
    if not (raw.isascii() and raw.isdigit() and 1 <= int(raw) <= 3650):
        faults.append(f"WAYSIDE_RETENTION_DAYS: {raw!r} is not a number of days from 1 to 3650")
        return RETENTION_DAYS
    return int(raw)
