"""The desk's error messages: one table for all its pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from flask_babel import LazyString

from reports.errors import (
    AddressRefused,
    AnswerRefused,
    AssessmentRefused,
    Busy,
    ClaimedByAnother,
    CorrectionRefused,
    DeskLeftAlone,
    GateOpen,
    HandOverRefused,
    InvitationInvalid,
    KeyRefused,
    LinkRefused,
    LoweringUnexplained,
    NameTaken,
    NoRecipient,
    NoSuchChannel,
    NotAllowed,
    NoticeAddressRefused,
    NoTranslation,
    PacketChanged,
    PacketTooLarge,
    PageNotDrawn,
    PassageMissing,
    PasskeyRefused,
    PasswordRefused,
    ProposalGone,
    PublicationRefused,
    PutOffRefused,
    QuestionRefused,
    ReasonMissing,
    ReceiptInvalid,
    RecipientUnready,
    RosterBroken,
    SealBroken,
    SecondAdministratorNeeded,
    SecondFactorRefused,
    SecondPersonNeeded,
    SignInRefused,
    StatisticRefused,
    StatusRefused,
    StoreFailed,
    TextEmpty,
    TextTooLong,
    TokenExpired,
    TokenInvalid,
    TooManyGuesses,
    WaysideError,
)
from webapp.desk import gate_wording, labels
from webapp.i18n import DESK
from webapp.site.country_edition import get_countries
from webapp.wording import statistic_labels
from webapp.wording.sentence_table import Sentence, SentenceTable

_ = DESK.lazy_gettext

Place = Literal[
    "",
    "answer",
    "close",
    "contact",
    "correct",
    "file",
    "hand over",
    "packet",
    "passkey",
    "password",
    "publish",
    "recovery",
    "roster",
    "setup",
    "sign in",
    "translation",
    "view",
]
"""The pages where a failure needs another sentence than elsewhere."""

_MEGABYTE: Final = 2**20
_NOT_DONE: Final[LazyString] = _("That did not work. Nothing was done.")
_TRY_AGAIN: Final[LazyString] = _("This page was open for too long. Try again.")
_WRITE: Final[LazyString] = _("Write something first.")


def _too_large(problem: PacketTooLarge) -> LazyString:
    return _(
        "This is %(length)s MB. A mail can carry %(limit)s MB. Choose fewer files.",
        length=-(-problem.length // _MEGABYTE),
        limit=problem.limit // _MEGABYTE,
    )


def _unready(problem: RecipientUnready) -> LazyString:
    return _(
        "%(name)s has no confirmed address and key any more. Nothing was sent.",
        name=get_countries().find_contact(problem.contact_id).name,
    )


_EVERYWHERE: Final[Mapping[type[BaseException], Sentence]] = {
    TextTooLong: _("This text has %(length)s characters. At most %(limit)s fit."),
    TextEmpty: _WRITE,
    ReasonMissing: _WRITE,
    SignInRefused: _("This is not your password. Nothing was done."),
    PasskeyRefused: _("The passkey did not answer for you. Nothing was done."),
    TooManyGuesses: _("Too many tries. Please wait one minute. Then try again."),
    # Triage: one report.
    ClaimedByAnother: _(
        "%(name)s works on this report now. Nothing was done. Take it over first, or wait."
    ),
    PutOffRefused: _(
        "Choose a day to come, within three months. "
        "A report in danger, or a closed one, cannot wait."
    ),
    HandOverRefused: _("This report must stay: it was passed on, is held, or is closed."),
    StatusRefused: _("Somebody has changed this report meanwhile. Look at it again."),
    CorrectionRefused: _("There is no such value. Nothing was changed."),
    AssessmentRefused: _("There is no such sign or answer. Nothing was kept."),
    QuestionRefused: _("Choose what to put into the mailbox."),
    LinkRefused: _("These two reports cannot be linked. Nothing was done."),
    StatisticRefused: _("There is no such value. The report is not closed."),
    NoTranslation: _("The engine on this server does not know these two languages."),
    RosterBroken: _(
        "A key in the database does not carry the organisation's signature. "
        "Nothing was done. Tell an administrator."
    ),
    PageNotDrawn: lambda problem: labels.label_code(labels.NOT_DRAWN, problem.code),
    # Triage: passing it on.
    NoRecipient: _("Choose at least one contact point."),
    RecipientUnready: _unready,
    PassageMissing: _(
        "These words stand nowhere in what goes: “%(passage)s”. Nothing was taken out."
    ),
    PacketTooLarge: _too_large,
    PacketChanged: _(
        "Something has changed since you looked: the report, a key or a contact point. "
        "Nothing was sent. Look again."
    ),
    ProposalGone: _(
        "A proposal stands in the way, or is gone: somebody was quicker. Look at the report again."
    ),
    GateOpen: gate_wording.describe_lack,
    SecondPersonNeeded: _("Somebody else of the desk must agree. Nothing was done."),
    AnswerRefused: _("This was answered before in another way. Nothing was changed."),
    ReceiptInvalid: _("This code is not one of ours, or its time is over. Ask the desk."),
    SealBroken: _("The report is damaged. There is nothing that could be sent."),
    StoreFailed: _(
        "A file cannot be read now. Nothing was sent. Try again, or leave the file out."
    ),
    # The roster, accounts and contact points.
    NameTaken: _("Somebody has this name already. Choose another one."),
    NotAllowed: _("You may not do this."),
    SecondAdministratorNeeded: _(
        "You asked for this yourself. Another administrator can confirm it, or you after the time "
        "that is told here."
    ),
    DeskLeftAlone: _("This is the desk's last administrator. Add another one first."),
    InvitationInvalid: _("This has changed meanwhile. Look at it again."),
    PasswordRefused: lambda problem: labels.label_code(labels.PASSWORD, problem.reason),
    SecondFactorRefused: _("This code does not fit. Wait for the next one and type it."),
    TokenInvalid: _TRY_AGAIN,
    TokenExpired: _TRY_AGAIN,
    NoticeAddressRefused: _("This is not an address such as name@example.org."),
    NoSuchChannel: _("Choose a way."),
    AddressRefused: _("Write one plain mail address, such as desk@example.org."),
    KeyRefused: lambda problem: labels.label_code(labels.KEY, problem.reason),
    # The counts.
    PublicationRefused: lambda problem: statistic_labels.REFUSED[problem.reason],
    WaysideError: _NOT_DONE,
}

_AT: Final[Mapping[str, Mapping[type[BaseException], Sentence]]] = {
    "answer": {
        ReasonMissing: _("Write a few words first: why it is not for you, or how it ended."),
        AnswerRefused: _("This was answered before in another way. Ask the desk."),
    },
    "close": {ReasonMissing: _("This report was not passed on. Write why it ends here.")},
    "contact": {
        NotAllowed: _("Who proposed it cannot confirm it. Another administrator can."),
        RecipientUnready: _NOT_DONE,
    },
    "correct": {
        LoweringUnexplained: _("Write why: a second person must agree to protect the person less."),
        ReasonMissing: _("Write why you set the urgency by hand."),
    },
    "file": {
        **dict.fromkeys(
            (SealBroken, StoreFailed),
            _("This file is damaged or cannot be read now. Nothing of it was given out."),
        ),
        Busy: _("Other pages are being drawn now. Wait a moment and try again."),
    },
    "hand over": {ReasonMissing: _("Write why. The other desk reads it.")},
    "packet": {
        SealBroken: _(
            "This packet is damaged and cannot be opened. Ask the desk to send it again."
        ),
    },
    "passkey": {
        SecondFactorRefused: _("The browser made no passkey for this site. Try again."),
    },
    "password": {SignInRefused: _("This is not your password.")},
    "publish": {
        SignInRefused: _("This is not your password. Nothing was published."),
        PasskeyRefused: _("The passkey did not answer for you. Nothing was done."),
        TooManyGuesses: _("Too many tries. Wait a minute. Nothing was published."),
        Busy: _("Too many people sign in now. Try again. Nothing was published."),
    },
    "recovery": {SignInRefused: _("Name and recovery code do not fit together.")},
    "roster": {SealBroken: _NOT_DONE},
    "setup": {
        InvitationInvalid: _(
            "This link does not work: it is wrong, older than 72 hours, or was used. "
            "If you have set up your account, sign in. Otherwise ask for a new link."
        ),
    },
    # The same text whatever was wrong.
    "sign in": dict.fromkeys(
        (SignInRefused, SealBroken),
        _("Name, password and code do not fit together. Wait for the next code and try again."),
    ),
    # A plug-in may fail in any way.
    "translation": {Exception: _("The engine on this server has failed. The original is whole.")},
    "view": {
        TextEmpty: _("Write a name for the view."),
        TextTooLong: _("Use a shorter name, of at most %(limit)s letters."),
        NotAllowed: _("You have as many views as there can be. Remove one first."),
    },
}

TABLE: Final = SentenceTable(_EVERYWHERE, _AT)


def describe_error(problem: Exception, place: Place = "") -> str:
    """Returns what went wrong and what to do, in the language of the request."""
    return TABLE.describe(problem, place)
