"""Submitting: stores one report with its sealed body, files, custody line and receipt code.

Everything happens in the caller's transaction. The receipt code is derived from the form token, and
a hash of the token is unique: sending again after a lost response gives the same code and no second
report.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reports import case_proof, clock_record, codes, custody, mailbox, outer_layer, sealed_rows
from reports.attachments import report_files
from reports.attachments.uploads import UploadOwner
from reports.codes import ReceiptCode
from reports.custody import CustodyEntry
from reports.errors import DraftIncomplete
from reports.intake import draft, questions, spam_check
from reports.intake.form_flow import FormFlow
from reports.intake.spam_check import Circumstances
from reports.intake.token import Token
from reports.intake.urgency import compute_urgency
from reports.model import Report, ReportBody
from reports.roster import desks
from reports.vault import Vault, make_pair, pad, seal, wrap

REPEAT_DAYS = 2
"""Days for which a repeated send is recognised.

Only the day of receipt is kept, so this is 24 to 48 hours; a form token lives 24 hours
(docs/security-parameters.md#SP-2.14).
"""


@dataclass(frozen=True)
class CompletedForm:
    """What a reporter sends: the answers, and the language of the page.

    `code_key` is the vault's receipt key for the code of this form. Deriving it is slow, so it is
    done before the transaction.
    """

    answers: Mapping[str, str]
    code_key: bytes
    language: str
    came: Circumstances = field(default_factory=Circumstances)

    def __repr__(self) -> str:
        return "CompletedForm(...)"


@dataclass(frozen=True)
class Receipt:
    """What the reporter gets. `repeated`: the report had already been stored."""

    report_id: UUID
    code: ReceiptCode
    repeated: bool


def find_receipt(session: Session, token: Token) -> Receipt | None:
    """Returns the receipt of the report already sent with this token, or None."""
    case_proof.show_token(session, token.once_hash)
    query = select(Report.id).where(Report.token_hash == token.once_hash)
    report_id = session.scalar(query)
    if report_id is None:
        return None
    return Receipt(report_id, codes.derive_code(token.secret), repeated=True)


def submit(
    session: Session, vault: Vault, token: Token, form: CompletedForm, now: datetime
) -> Receipt:
    """Stores the report of a completed form and deletes its draft.

    The receipt does not show whether the report is in doubt. Raises `DraftIncomplete` without a
    story and `RosterBroken` when the desk's key lacks the organisation's signature.
    """
    earlier = find_receipt(session, token)
    if earlier:
        return earlier
    missing = questions.list_missing(form.answers)
    if missing:
        raise DraftIncomplete(missing)
    whole = questions.complete(FormFlow.from_answers(form.answers).drop_unasked())
    desk, desk_key = desks.find_for_country(session, vault, questions.find_country(whole))
    code = codes.derive_code(token.secret)
    case = make_pair()
    report_id = uuid4()
    received_at = clock_record.correct(session, now)
    slot, keys = outer_layer.choose_slot(session, vault), vault.outer_keys
    by_desk = seal(desk_key.public, case.private, kind="case key", id=report_id.bytes)
    by_code = wrap(form.code_key, case.private, kind="case key", id=report_id.bytes)
    report = Report(
        id=report_id,
        desk_id=desk.id,
        desk_key_id=desk_key.id,
        status="received",
        urgency=compute_urgency(whole),
        country=desk.country,
        form=whole["form"],
        received_day=received_at.date(),
        updated_day=received_at.date(),
        has_attachments=False,
        unverified=spam_check.is_doubtful(session, vault, token, form.came, now),
        public=case.public,
        private_by_desk=outer_layer.cover(keys, slot, report_id, by_desk, outer_layer.BY_DESK),
        private_by_code=outer_layer.cover(keys, slot, report_id, by_code, outer_layer.BY_CODE),
        outer_slot=slot,
        locator=code.locator,
        proof=case_proof.compute_proof_hash(case.private),
        token_hash=token.once_hash,
        custody_number=0,
        custody_seal=b"",
    )
    report.case_seal = sealed_rows.compute_seal(vault, report)
    told = {
        "version": 1,
        "received_at": received_at.isoformat(),
        "language": form.language,
        "answers": whole,
    }
    text = json.dumps(told, ensure_ascii=False).encode()
    body = seal(case.public, pad(text), kind="report body", id=report_id.bytes)
    case_proof.show_proof(session, case.private)
    session.add(report)
    session.flush()
    session.add(ReportBody(report_id=report_id, sealed=body))
    report_files.attach(session, vault, report, UploadOwner.from_secret(token.secret), now)
    custody.append(session, vault, report, CustodyEntry("received"), now)
    mailbox.add_first_answer(session, vault, report, now)
    draft.discard(session, token)
    session.flush()
    return Receipt(report_id, code, repeated=False)


def forget_tokens(session: Session, now: datetime) -> None:
    """Clears the token hashes of reports older than `REPEAT_DAYS`."""
    old = now.date() - timedelta(days=REPEAT_DAYS)
    late = update(Report).where(Report.received_day <= old, Report.token_hash.is_not(None))
    session.execute(late.values(token_hash=None))
