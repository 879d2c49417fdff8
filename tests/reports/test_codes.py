"""Receipt codes: what people mistype is found, what they may type is understood."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reports import codes
from reports.errors import CodeMalformed

secrets = st.binary(min_size=32, max_size=32)
LOOK_ALIKES = "OoΟοОоIlΙІӀ"


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


def write_as_keycaps(digits: str) -> str:
    return "".join(digit + "\ufe0f\u20e3" for digit in digits)


@given(
    secrets,
    st.lists(
        st.text(
            st.characters(exclude_categories=("Nd", "No", "Cs"), exclude_characters=LOOK_ALIKES),
            min_size=1,
            max_size=8,
        ),
        min_size=7,
        max_size=7,
    ),
)
def test_every_character_that_is_no_digit_is_a_gap(secret: bytes, gaps: list[str]) -> None:
    code = codes.derive_code(secret)
    groups = [*code.grouped.split(" "), ""]
    assert (
        codes.parse("".join(gap + group for gap, group in zip(gaps, groups, strict=True))) == code
    )


@pytest.mark.parametrize(
    "between", ["(", "] [", " + ", "_", "|", " = ", "» «", "\u2212", "\u00ad", " and ", "ثم", "到"]
)
@given(secret=secrets)
def test_brackets_signs_and_words_are_gaps(between: str, secret: bytes) -> None:
    code = codes.derive_code(secret)
    assert codes.parse(between + between.join(code.grouped.split(" ")) + between) == code


@given(secrets, st.data())
def test_letters_that_look_like_digits_among_digits_are_digits(
    secret: bytes, data: st.DataObject
) -> None:
    code = codes.derive_code(secret)
    assume(all(set(group) - {"0", "1"} for group in code.grouped.split(" ")))
    looks = {"0": "0OoΟοОо", "1": "1IlΙІ"}
    typed = "".join(data.draw(st.sampled_from(looks.get(c, c))) for c in code.grouped)
    assert codes.parse(typed) == code


@given(secrets)
def test_a_group_of_nothing_but_such_letters_is_read_too(secret: bytes) -> None:
    code = codes.derive_code(secret)
    assert codes.parse(code.grouped.replace("0", "O").replace("1", "l")) == code


@pytest.mark.parametrize(
    "label",
    [
        "Code: ",
        "My code is ",
        "Il mio codice: ",
        "رمزي هو ",
        "Anno",
        "Ziffern (24): ",
        "24 digits: ",
    ],
)
@given(secret=secrets)
def test_labels_do_not_matter(label: str, secret: bytes) -> None:
    code = codes.derive_code(secret)
    assert codes.parse(label + code.grouped) == code


@given(secrets, st.sampled_from([" ", "", "\n", ", ", " / "]), st.integers(2, 4))
def test_a_code_pasted_again_is_one_code(secret: bytes, between: str, times: int) -> None:
    code = codes.derive_code(secret)
    assert codes.parse(between.join([code.grouped] * times)) == code


@pytest.mark.parametrize(
    "line",
    [
        "{name} {group}",
        "{name}: +{group}",
        "{name} ({group[0]}){group[1]}{group[2]} {group[3]}",
        "{name} +32 {group}",
        "{n}. {name} {group}",
        "{n}) {group}",
        "{n}.{group}",
        "{n} - {group}",
        "#{n} {group}",
        "Nr. {n}: {group}",
        "{n}. {name} +352 {group}",
        "{n}\ufe0f\u20e3 {group}",
        "{circle} {group}",
    ],
)
@pytest.mark.parametrize("end", ["\n", " ", "; "])
@given(secret=secrets)
def test_a_list_of_invented_phone_numbers_is_read(line: str, end: str, secret: bytes) -> None:
    code = codes.derive_code(secret)
    names = ["Anna", "Bo", "Lilo", "Carlo", "منى", "Olli"]
    lines = [
        line.format(n=n, name=name, group=group, circle=chr(ord("①") - 1 + n))
        for n, (name, group) in enumerate(zip(names, code.grouped.split(" "), strict=True), start=1)
    ]
    assert codes.parse(end.join(lines)) == code


def test_a_numbered_list_with_prefixes_is_read() -> None:
    code = codes.derive_code(b"a" * 32)
    lines = [f"{n}) Anna +32 {g}" for n, g in enumerate(code.grouped.split(" "), start=1)]
    assert codes.parse("\n".join(lines)) == code


@given(secrets)
def test_keycaps_are_digits_once_and_twice(secret: bytes) -> None:
    code = codes.derive_code(secret)
    assert codes.parse(write_as_keycaps(code.digits)) == code
    assert codes.parse(write_as_keycaps(code.digits) * 2) == code


@given(secrets, st.sets(st.integers(0, 23), min_size=1, max_size=23))
def test_a_code_with_digits_left_out_is_refused_with_their_number(
    secret: bytes, left_out: set[int]
) -> None:
    digits = codes.derive_code(secret).digits
    with pytest.raises(CodeMalformed) as refused:
        codes.parse("".join(c for at, c in enumerate(digits) if at not in left_out))
    assert refused.value.found == 24 - len(left_out)


@given(secrets, st.integers(0, 24), st.text("0123456789", min_size=1, max_size=20))
def test_a_code_with_digits_too_many_is_refused_with_their_number(
    secret: bytes, at: int, more: str
) -> None:
    digits = codes.derive_code(secret).digits
    with pytest.raises(CodeMalformed) as refused:
        codes.parse(digits[:at] + more + digits[at:])
    assert refused.value.found == 24 + len(more)


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
