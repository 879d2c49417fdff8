"""The rows that each revision of the schema makes possible, for the proof of the next ones.

Only what the type of a column does not suggest: values of CHECKs, and a second row where there must
be one. A revision whose tables need neither has `Sample()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from tests.support.revisions import SOME_ID, Sample

LATER_ID: Final = UUID("ff0e0d0c-0b0a-4908-8706-050403020100")
_STATES: Final = ("due", "claimed", "sent", "delivered", "folder", "failed", "to_do")

SAMPLES: Final[Mapping[str, Sample]] = MappingProxyType(
    {
        "0001": Sample(
            {
                "attachment": [
                    {"report_id": None},
                    {"id": LATER_ID, "place": None},
                ],
                "contact_change": [{"channel": "smime"}],
                "contact_setting": [{"channel": "openpgp"}],
                "delivery": [
                    {"channel": "portal", "state": "sent"},
                    *(
                        {"id": UUID(int=number), "channel": "openpgp", "state": state}
                        for number, state in enumerate(_STATES)
                    ),
                ],
                "finding": [{"kind": "correction"}, {"id": LATER_ID, "kind": "trace"}],
                "legal_hold": [{"state": "held"}],
                "message": [
                    {"author": "reporter"},
                    {"id": LATER_ID, "author": "desk", "token_hash": None},
                ],
                "referral": [{"standing": "waiting"}],
                "referral_answer": [{"kind": "acknowledged"}],
                "report": [
                    {"status": "received", "assignee_id": None},
                    {"id": LATER_ID, "status": "closed", "country": None, "token_hash": None},
                ],
                "report_link": [{"low_id": SOME_ID, "high_id": LATER_ID, "state": "confirmed"}],
                "staff": [
                    {"role": "triager", "state": "active", "contact_id": None},
                    {
                        "id": LATER_ID,
                        "folded_name": "fatou",
                        "role": "liaison",
                        "state": "invited",
                        "invitation_hash": None,
                    },
                ],
            }
        ),
        "0002": Sample(lost=frozenset({"organisation.instance_id"})),
        "0003": Sample({"tombstone": [{"place": "mail"}, {"id": LATER_ID, "place": "files"}]}),
        "0004": Sample({"clock_record": [{"doubt": "ahead"}]}),
        "0005": Sample({"worker_turn": [{"job": "deliver"}, {"job": "purge"}]}),
        "0006": Sample({"erased_report": [{"id": SOME_ID}, {"id": LATER_ID}]}),
        "0007": Sample({"found_identifiers": [{"report_id": SOME_ID}, {"report_id": LATER_ID}]}),
        "0008": Sample(),
        "0009": Sample(
            {
                "finding": [
                    {"id": UUID(int=900 + number), "kind": kind}
                    for number, kind in enumerate(("lowering", "settled", "gate"))
                ]
            }
        ),
        "0010": Sample(
            {
                "contact_change": [{"contact_id": "later", "channel": "hand", "staff_id": None}],
                "message": [{"id": UUID(int=1), "author": "instance", "token_hash": None}],
                "signing_key": [{"role": "triager"}, {"id": LATER_ID, "sealed": None}],
                "used_key": [{"signature": None}],
            }
        ),
        "0011": Sample({"turn": [{"reason": "agree", "contact_id": None, "rank": 1}]}),
        "0012": Sample(),
        "0013": Sample(
            lost=frozenset(
                {
                    "reporter_session",
                    "report.form_language",
                    "guess.minute",
                    "guess.in_minute",
                    "notice_address.called_at",
                }
            )
        ),
        "0014": Sample(),
    }
)
