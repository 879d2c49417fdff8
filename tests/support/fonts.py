"""The fonts of the tests: browsers know these and no others, so that every machine lays out alike.

DejaVu Sans, with Latin and Arabic letters, is the one that `reports/paper` prints with; DejaVu Sans
Mono comes from the machine (Debian: fonts-dejavu-core; `scripts/test` installs it).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

ROOT: Final = Path(__file__).resolve().parents[2]
SANS: Final = "DejaVu Sans"
MONO: Final = "DejaVu Sans Mono"
FILES: Final[Mapping[str, tuple[str, ...]]] = {
    SANS: ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    MONO: ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"),
}
FOLDERS: Final = (
    ROOT / "reports/paper/fonts",
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
)
PLACES: Final = {"sans-serif": SANS, "system-ui": SANS, "serif": SANS, "monospace": MONO}
"""What stands for the names that belong to no font."""


def missing() -> str:
    """What this machine lacks of them; empty where nothing."""
    lacking = [family for family in FILES if not _files(family)]
    return f"{' and '.join(lacking)} (Debian: fonts-dejavu-core)" if lacking else ""


def environ(file: Path, families: Sequence[str] = tuple(FILES)) -> dict[str, str]:
    """What a browser is started with to know `families` alone, by default all of the tests.

    `file` is written, in fontconfig's words. A machine that has none of them gives its own.
    """
    wanted = [family for family in families if _files(family)]
    if not wanted:
        return {}
    file.write_text(_configuration(wanted))
    return {"FONTCONFIG_FILE": str(file)}


@cache
def _files(family: str) -> tuple[Path, ...]:
    """Where its files are; empty when one is not to be found."""
    found = [
        next((path for folder in FOLDERS for path in folder.rglob(name)), None)
        for name in FILES[family]
    ]
    return tuple(path for path in found if path) if all(found) else ()


def _configuration(families: list[str]) -> str:
    files = [path for family in families for path in _files(family)]
    chosen = {
        place: family if family in families else families[0] for place, family in PLACES.items()
    }
    lines = (
        "<fontconfig>",
        *(
            f"<dir>{escape(str(folder))}</dir>"
            for folder in dict.fromkeys(path.parent for path in files)
        ),
        '<cachedir prefix="xdg">fontconfig</cachedir>',
        "<selectfont><rejectfont><glob>*</glob></rejectfont></selectfont>",
        *(
            f"<selectfont><acceptfont><glob>{escape(str(path))}</glob></acceptfont></selectfont>"
            for path in files
        ),
        *(
            f'<alias binding="same"><family>{place}</family>'
            f"<prefer><family>{family}</family></prefer></alias>"
            for place, family in chosen.items()
        ),
        '<match><edit name="family" mode="append_last" binding="strong">'
        f"<string>{families[0]}</string></edit></match>",
        "</fontconfig>",
    )
    return "\n".join(lines)
