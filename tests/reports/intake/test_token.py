"""Form tokens: forged and old ones are known before anything is looked up."""

from __future__ import annotations

import string
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.errors import TokenExpired, TokenInvalid
from reports.intake import token
from reports.vault import Vault
from tests.support.cast import NOW

shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_a_token_reads_back_for_a_day_and_no_longer(vault: Vault) -> None:
    text = token.issue(vault, NOW)
    assert token.read(vault, text, NOW + timedelta(hours=24)).issued_at == NOW
    with pytest.raises(TokenExpired):
        token.read(vault, text, NOW + timedelta(hours=24, seconds=1))


def test_a_token_from_tomorrow_is_no_token(vault: Vault) -> None:
    with pytest.raises(TokenExpired):
        token.read(vault, token.issue(vault, NOW + timedelta(hours=1)), NOW)


@shared
@given(at=st.integers(0, 74), letter=st.sampled_from("ABCDEFghij0189-_"))
def test_a_changed_token_is_refused(vault: Vault, at: int, letter: str) -> None:
    text = token.issue(vault, NOW)
    if text[at] == letter:
        return
    with pytest.raises(TokenInvalid):
        token.read(vault, text[:at] + letter + text[at + 1 :], NOW)


def test_a_token_is_written_in_one_way_alone(vault: Vault) -> None:
    text = token.issue(vault, NOW)
    letters = set(string.ascii_letters + string.digits + "-_+/=") - {text[-1]}
    for changed in (*(text[:-1] + letter for letter in letters), f"{text}=", f"{text}\n"):
        with pytest.raises(TokenInvalid):
            token.read(vault, changed, NOW)


@shared
@given(st.text(max_size=100))
def test_any_text_is_refused_by_name(vault: Vault, text: str) -> None:
    with pytest.raises(TokenInvalid):
        token.read(vault, text, NOW)


def test_what_follows_from_a_token_differs_by_purpose(vault: Vault) -> None:
    form = token.read(vault, token.issue(vault, NOW), NOW)
    assert len({form.secret, form.draft_hash, form.draft_key, form.once_hash}) == 4
    assert form.secret.hex() not in repr(form)
