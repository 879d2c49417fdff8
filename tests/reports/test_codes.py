"""Receipt codes: what people mistype is found, what they may type is understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import codes
from reports.errors import CodeMalformed

secrets = st.binary(min_size=32, max_size=32)


@given(secrets)
def test_a_code_is_24_digits_in_six_groups_and_reads_back(secret: bytes) -> None:
    code = codes.derive_code(secret)
    assert [len(group) for group in code.grouped.split(" ")] == [4] * 6
    assert codes.parse(code.grouped) == code
    assert (len(code.locator), len(code.secret)) == (7, 16)


@given(secrets)
def test_one_token_gives_one_code(secret: bytes) -> None:
    assert codes.derive_code(secret) == codes.derive_code(secret)


@given(secrets, st.integers(0, 23), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(secret: bytes, at: int, shift: int) -> None:
    digits = codes.derive_code(secret).digits
    wrong = digits[:at] + str((int(digits[at]) + shift) % 10) + digits[at + 1 :]
    with pytest.raises(CodeMalformed):
        codes.parse(wrong)


@given(secrets, st.integers(0, 22))
def test_every_swap_of_neighbours_is_found(secret: bytes, at: int) -> None:
    digits = codes.derive_code(secret).digits
    if digits[at] == digits[at + 1]:
        return
    with pytest.raises(CodeMalformed):
        codes.parse(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])


@pytest.mark.parametrize("zero", ["0", "٠", "۰", "०", "০", "༠", "０", "𝟎"])
@given(secret=secrets)
def test_the_digits_of_any_script_are_read(zero: str, secret: bytes) -> None:
    code = codes.derive_code(secret)
    typed = "".join(chr(ord(zero) + int(digit)) for digit in code.digits)
    assert codes.parse(typed) == code


@pytest.mark.parametrize("between", [" ", "-", " - ", ".", "\u00a0", "\u2013", "\n", "\u200f"])
def test_what_people_put_between_groups_does_not_matter(between: str) -> None:
    code = codes.derive_code(b"a" * 32)
    assert codes.parse(between.join(code.grouped.split(" "))) == code


@pytest.mark.parametrize("typed", ["", "1", "1" * 23, "1" * 25, "x" * 24, "0" * 10_000, "½" * 24])
def test_what_cannot_be_a_code_is_named(typed: str) -> None:
    with pytest.raises(CodeMalformed):
        codes.parse(typed)


@given(st.text(max_size=300))
def test_any_text_is_a_code_or_is_named(typed: str) -> None:
    try:
        code = codes.parse(typed)
    except CodeMalformed:
        return
    assert codes.compute_check_digit(code.digits[:-1]) == code.digits[-1]


def test_a_code_never_shows_itself_in_a_log() -> None:
    code = codes.derive_code(b"a" * 32)
    assert code.secret not in repr(code)
    assert code.locator not in repr(code)
