"""One-time codes of staff: typed or pasted in any notation, and right or wrong all the same."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.roster.invitation import find_matching_step
from tests.support.cast import NOW

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
moments = st.integers(0, 10_000).map(lambda steps: NOW + timedelta(seconds=30 * steps))


def make_code(moment: datetime) -> str:
    return pyotp.TOTP(SECRET).generate_otp(int(moment.timestamp()) // 30)


@pytest.mark.parametrize("zero", ["0", "٠", "۰", "०", "０"])
@given(now=moments)
def test_a_code_is_read_in_the_digits_of_any_script(zero: str, now: datetime) -> None:
    typed = "".join(chr(ord(zero) + int(digit)) for digit in make_code(now))
    assert find_matching_step(SECRET, typed, now) == int(now.timestamp()) // 30


@pytest.mark.parametrize(
    "words",
    ["{0} {1}", "{0}-{1}", "Wayside: {0} {1}", "رمزك: {0}{1}", "{0}{1} {0}{1}", "({0}) {1}\u200f"],
)
@given(now=moments)
def test_labels_blanks_and_pasting_twice_do_not_matter(words: str, now: datetime) -> None:
    code = make_code(now)
    assert find_matching_step(SECRET, words.format(code[:3], code[3:]), now)


@given(moments)
def test_letters_that_look_like_digits_are_digits(now: datetime) -> None:
    code = make_code(now)
    assert find_matching_step(SECRET, code.replace("0", "O").replace("1", "l"), now)


@given(moments, st.integers(0, 5), st.integers(1, 9))
def test_a_wrong_digit_is_refused(now: datetime, at: int, shift: int) -> None:
    code = make_code(now)
    typed = code[:at] + str((int(code[at]) + shift) % 10) + code[at + 1 :]
    near = [make_code(now + timedelta(seconds=30 * step)) for step in (-1, 1)]
    assert (find_matching_step(SECRET, typed, now) is None) == (typed not in near)


@pytest.mark.parametrize("typed", ["", "12345", "1" * 7, "²" * 3, "\0" * 6, "9" * 100_000])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert find_matching_step(SECRET, typed, NOW) is None
