"""Parses a packet back into text and files, for the portal and for delivery by hand."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from typing import cast

from reports.errors import SealBroken
from reports.scrub import HEAD, detect_kind


@dataclass(frozen=True)
class PacketPart:
    """One file of a packet."""

    name: str
    media_type: str
    data: bytes

    @property
    def kind(self) -> str:
        """The type by its first bytes, as `reports.scrub` names it."""
        return detect_kind(self.data[:HEAD]).code

    def __repr__(self) -> str:
        return "PacketPart(...)"


@dataclass(frozen=True)
class OpenPacket:
    """A parsed packet."""

    text: str
    parts: tuple[PacketPart, ...]

    def find_part(self, name: str) -> PacketPart | None:
        """Returns the file with this name, or None."""
        return next((part for part in self.parts if part.name == name), None)

    def __repr__(self) -> str:
        return "OpenPacket(...)"


def unpack(inside: bytes) -> OpenPacket:
    """Parses what `packet.build_part` built. Raises `SealBroken` for anything else."""
    made: EmailMessage = BytesParser(policy=SMTP).parsebytes(inside)
    body = made.get_body(("plain",))
    if body is None:
        raise SealBroken("not a packet")
    parts = tuple(
        PacketPart(
            part.get_filename() or "",
            part.get_content_type(),
            cast(bytes, part.get_payload(decode=True)),
        )
        for part in made.iter_attachments()
    )
    return OpenPacket(str(body.get_content()).replace("\r\n", "\n"), parts)
