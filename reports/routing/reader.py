"""Strict reading of TOML tables: every wrong or unknown key is noted, and reading continues.

After noting a fault a method returns a harmless value, so that one pass finds all faults. Nothing
read after a fault is ever used: the loader raises in the end.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from reports.routing.faults import FileFault

NO_DATE = date(1970, 1, 1)


@dataclass(slots=True)
class TomlTable:
    """One TOML table of one file, at `path`; `close` reports the keys that were never read."""

    file: str
    path: str
    values: Mapping[str, object]
    faults: list[FileFault]
    asked: set[str] = field(default_factory=set)

    def build_key(self, name: str) -> str:
        """Returns the full key of `name` inside this file."""
        return f"{self.path}.{name}" if self.path else name

    def note_fault(self, name: str, sentence: str) -> None:
        """Notes that the key `name` of this table is wrong."""
        self.faults.append(
            FileFault(self.file, self.build_key(name) if name else self.path, sentence)
        )

    def close(self) -> None:
        """Notes every key that was never read as unknown."""
        for name in self.values:
            if name not in self.asked:
                self.note_fault(name, "this key is not known")

    def has(self, name: str) -> bool:
        """Returns whether the key is present, and marks it as known."""
        self.asked.add(name)
        return name in self.values

    def read_text(self, name: str, default: str | None = None) -> str:
        """Reads a non-empty text; required unless there is a default."""
        if default is not None and not self.has(name):
            return default
        value = self._required(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.note_fault(name, f"this must be a text, not {_kind(value)}")
            return ""
        if not value.strip() or value != value.strip():
            self.note_fault(name, "this text is empty or has spaces around it")
        return value

    def read_optional_text(self, name: str) -> str | None:
        """Reads a non-empty text, or None when the key is absent."""
        return self.read_text(name) if self.has(name) else None

    def read_choice(self, name: str, allowed: Iterable[str]) -> str:
        """Reads one of the allowed words."""
        words = tuple(allowed)
        before = len(self.faults)
        value = self.read_text(name)
        if len(self.faults) > before or value in words:
            return value
        self.note_fault(name, f"{value!r} is not one of: {', '.join(words)}")
        return value

    def read_flag(self, name: str, default: bool | None = None) -> bool:
        """Reads true or false."""
        if default is not None and not self.has(name):
            return default
        value = self._required(name)
        if value is not None and not isinstance(value, bool):
            self.note_fault(name, f"this must be true or false, not {_kind(value)}")
        return value is True

    def read_integer(self, name: str) -> int:
        """Reads a whole number."""
        value = self._required(name)
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int):
            self.note_fault(name, f"this must be a whole number, not {_kind(value)}")
            return 0
        return value

    def read_date(self, name: str) -> date:
        """Reads a date without a time."""
        value = self._required(name)
        if value is None:
            return NO_DATE
        if isinstance(value, datetime) or not isinstance(value, date):
            self.note_fault(name, f"this must be a date, not {_kind(value)}")
            return NO_DATE
        return value

    def read_texts(self, name: str, *, optional: bool = True) -> tuple[str, ...]:
        """Reads a list of distinct texts; absent means empty unless it is required."""
        if optional and not self.has(name):
            return ()
        value = self._required(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.note_fault(name, f"this must be a list of texts, not {_kind(value)}")
            return ()
        found: list[str] = []
        for item in value:
            if not isinstance(item, str) or not item.strip():
                self.note_fault(name, f"this list may hold texts only, not {item!r}")
            elif item in found:
                self.note_fault(name, f"{item!r} stands in this list twice")
            else:
                found.append(item)
        return tuple(found)

    def read_choices(self, name: str, allowed: Iterable[str]) -> tuple[str, ...]:
        """Reads a list of allowed words."""
        words = tuple(allowed)
        found = self.read_texts(name)
        for item in found:
            if item not in words:
                self.note_fault(name, f"{item!r} is not one of: {', '.join(words)}")
        return found

    def read_dates(self, name: str) -> tuple[date, ...]:
        """Reads a list of dates without a time; absent means empty."""
        if not self.has(name):
            return ()
        value = self.values[name]
        if not isinstance(value, list):
            self.note_fault(name, f"this must be a list of dates, not {_kind(value)}")
            return ()
        found: list[date] = []
        for item in value:
            if isinstance(item, datetime) or not isinstance(item, date):
                self.note_fault(name, f"this list may hold dates only, not {item!r}")
            else:
                found.append(item)
        return tuple(found)

    def read_value(self, name: str) -> object:
        """Returns the raw value; None (noted) when it is absent."""
        return self._required(name)

    def read_table(self, name: str) -> "TomlTable | None":
        """Returns the table under `name`; None (noted) when it is absent."""
        value = self._required(name)
        if value is None:
            return None
        return self._child(self.build_key(name), name, value)

    def read_tables(self, name: str) -> Iterator["TomlTable"]:
        """Yields each table of the list under `name`, with its id in the path; absent means
        none."""
        if not self.has(name):
            return
        value = self.values[name]
        if not isinstance(value, list):
            self.note_fault(name, f"this must be a list of tables, not {_kind(value)}")
            return
        for position, item in enumerate(value):
            label = item.get("id") if isinstance(item, dict) else None
            label = label if isinstance(label, str) and label else str(position)
            child = self._child(f"{self.build_key(name)}[{label}]", name, item)
            if child is not None:
                yield child

    def read_named_tables(self, name: str) -> Iterator[tuple[str, "TomlTable"]]:
        """Yields key and table of each table under the table `name`; absent means none."""
        if not self.has(name):
            return
        parent = self.read_table(name)
        if parent is None:
            return
        for key, item in parent.values.items():
            child = parent._child(parent.build_key(key), key, item)
            if child is not None:
                yield key, child

    def _child(self, path: str, name: str, value: object) -> "TomlTable | None":
        if not isinstance(value, dict):
            self.note_fault(name, f"this must be a table, not {_kind(value)}")
            return None
        return TomlTable(self.file, path, value, self.faults)

    def _required(self, name: str) -> object:
        if not self.has(name):
            self.note_fault(name, "this key is missing")
            return None
        return self.values[name]


def _kind(value: object) -> str:
    """Returns the TOML type of a value, in words."""
    for kind, word in (
        (bool, "true or false"),
        (int, "a whole number"),
        (float, "a fraction"),
        (str, "a text"),
        (list, "a list"),
        (dict, "a table"),
        (datetime, "a moment"),
        (date, "a date"),
    ):
        if isinstance(value, kind):
            return word
    return "something else"
