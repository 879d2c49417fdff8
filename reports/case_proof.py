"""How a process shows the database that it holds the secret of a report.

On PostgreSQL the role of the public site sees and changes a report only while its transaction
shows a secret of it (`reports.database_rows`): the locator and the hash of a form's token find the
row, the place of a visit finds that visit, and only the proof, derived from the private case key,
changes or erases anything. So the database decides whose report it is, not the process. What is
shown ends with the transaction; the next one of the same session shows it again. Elsewhere nothing
is asked, and nothing is shown.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from sqlalchemy.orm import Session

from reports.db import show
from reports.vault import derive

LOCATOR: Final = "wayside.locator"
TOKEN: Final = "wayside.token"  # the name of a setting of the database
VISIT: Final = "wayside.visit"
PROOF: Final = "wayside.proof"


def compute_proof_hash(private: bytes) -> bytes:
    """Returns what a report's row holds of its proof: a hash that finds no proof, 32 bytes."""
    return sha256(_derive_proof(private)).digest()


def show_locator(session: Session, locator: str) -> None:
    """Shows the locator of a receipt code: reports with it can be read."""
    show(session, LOCATOR, locator)


def show_token(session: Session, once_hash: bytes) -> None:
    """Shows the hash of a form's token: the report that was sent with it can be read."""
    show(session, TOKEN, once_hash.hex())


def show_visit(session: Session, place: bytes) -> None:
    """Shows the place of a visit: that visit can be read, marked as active, and ended."""
    show(session, VISIT, place.hex())


def show_proof(session: Session, private: bytes) -> None:
    """Shows the proof that the case key is held: all of the report can be written, and erased."""
    show(session, PROOF, _derive_proof(private).hex())


def _derive_proof(private: bytes) -> bytes:
    return derive(private, "case proof")
