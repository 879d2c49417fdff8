"""Template context of a report's page: corrections, assessment, links, custody check."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from reports import custody, mailbox, quick_replies
from reports.errors import NotAllowed, SealBroken
from reports.intake.taxonomy import TAXONOMY
from reports.model import Proposal
from reports.roster.keyring import Keyring
from reports.triage import legal_hold, links
from reports.triage.findings import assessment, corrections
from reports.triage.report_reader import OpenReport
from reports.vault import Vault
from webapp.desk import fact_labels
from webapp.i18n import get_known_languages, get_language
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import get_keyring, list_desk_languages
from webapp.triage import whatif
from webapp.wording import taxonomy_labels


def build(
    session: Session, vault: Vault, keyring: Keyring, opened: OpenReport, *, translates: bool
) -> dict[str, Any]:
    """Returns the context that `triage/report.html` and its parts need besides the report."""
    facts = opened.judged or {}
    made = opened.assessment
    return {
        "chain_broken": custody.find_broken_line(session, vault, opened.report),
        "correctable": corrections.list_allowed(),
        "changed": _changed(opened),
        "advice": assessment.recommend(made.answers if made else {}, facts),
        "linked": _links(session, keyring, opened),
        "tapped": mailbox.find_answers(opened.thread or ()),
        "standing_codes": quick_replies.ANSWERS,
        "quick": quick_replies.QUESTIONS,
        "step": choose_next_step(opened),
        "judged": fact_labels,
        "group_words": {group.id: taxonomy_labels.label_entry(group) for group in TAXONOMY.groups},
        "can_translate": translates and opened.language != get_language().tag,
        **build_languages(opened),
    }


def choose_next_step(opened: OpenReport) -> str:
    """Returns the suggested next step: "assess", "route" or "". With danger now, no assessment."""
    report = opened.report
    if report.status == "closed":
        return ""
    waiting = report.status in ("received", "in_triage") and opened.answers is not None
    return "assess" if waiting and opened.assessment is None and report.urgency < 3 else "route"


def build_languages(opened: OpenReport) -> dict[str, Any]:
    """Returns the reporter's language, and the languages that staff can say they wrote in."""
    chosen = (opened.answers or {}).get("reply_language", "")
    theirs = chosen if chosen in get_known_languages() else opened.language
    tags = [language.tag for language in list_desk_languages()]
    return {"their_language": theirs, "written_in": list(dict.fromkeys((*tags, theirs)))}


def _changed(opened: OpenReport) -> list[tuple[str, str, str, corrections.Correction]]:
    """Returns field, reporter's value, current value and correction, for each corrected field."""
    last: dict[str, corrections.Correction] = {}
    for made in opened.corrections:
        last |= dict.fromkeys(made.values, made)
        if made.urgency is not None:
            last["urgency"] = made
    own = opened.answers or {}
    return [
        (field, own.get(field, ""), made.values.get(field, str(made.urgency)), made)
        for field, made in last.items()
    ]


def _links(session: Session, keyring: Keyring, opened: OpenReport) -> list[links.LinkSuggestion]:
    try:
        return links.list_suggestions(session, keyring, opened)
    except (NotAllowed, SealBroken):
        return []


def build_referrals(opened: OpenReport) -> dict[str, Any]:
    """Returns the pending proposal, the legal hold, and the facts to try."""
    session, report = get_session(), opened.report
    return {
        "waiting_proposal": session.get(Proposal, report.id),
        "legal_hold": legal_hold.read(session, get_vault(), get_keyring(), report),
        "what_if": whatif.list_fields(opened.judged or {}),
    }
