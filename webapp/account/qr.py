"""An authenticator app's secret for typing, and as a QR code drawn with table cells.

Small on purpose: the only part that needs the libraries for QR codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import pyotp
import segno

from webapp.desk.labels import format_in_groups


@dataclass(frozen=True)
class SecondFactor:
    """What an authenticator app needs: the secret in groups, and a QR code as rows of squares."""

    groups: str
    rows: tuple[tuple[bool, ...], ...]

    @classmethod
    def from_secret(cls, secret: str, name: str, issuer: str) -> Self:
        """Returns both forms of the secret, drawn on the server: no picture of it is ever
        requested."""
        uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)
        squares = segno.make(uri, error="l", micro=False).matrix_iter(border=2)
        return cls(format_in_groups(secret), tuple(tuple(map(bool, row)) for row in squares))
