"""Whatever a form carries, on either face: a page, a refusal or a sentence, and never a 500.

The forms are those that the pages really offer, to everybody who may see them. Each request begins
with the same database, so that what one of them did hides nothing from the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.hostile import FORM, MULTIPART, Request, parts, requests, values
from tests.support.hostile_site import DESK, Target, build_target
from tests.support.length import LONG
from webapp.site.app_services import get_services

pytestmark = pytest.mark.filterwarnings(
    # Where a form breaks off, a file of it may be left to the collector: one in memory, or unnamed.
    "ignore::pytest.PytestUnraisableExceptionWarning"
)
TEN_MEGABYTES = 10_000_000


def often(short: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """So many examples, the same in every run of `make test`; twenty times as many at length."""
    return settings(
        max_examples=short * 20 if LONG else short,
        deadline=None,
        derandomize=not LONG,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Target]:
    """The site, with its beginning."""
    made = build_target(tmp_path_factory.mktemp("hostile"), sqlite_template)
    yield made
    get_services(made.app).engine.dispose()


@often(40)
@given(data=st.data())
def test_no_form_of_the_public_face_breaks_it(target: Target, data: st.DataObject) -> None:
    target.ask("nobody", data.draw(requests(target.forms["public"])))


@often(80)
@given(who=st.sampled_from(DESK), data=st.data())
def test_no_form_of_the_desk_breaks_it(target: Target, who: str, data: st.DataObject) -> None:
    target.ask(who, data.draw(requests(target.forms[who])))


@often(40)
@given(data=st.data())
def test_no_part_of_a_file_breaks_it(target: Target, data: st.DataObject) -> None:
    """Files in parts, with every header that they go by."""
    tokens = [of[0] for form in target.forms["public"] for name, of in form.fields if name == "t"]
    told = {
        "X-T": data.draw(st.sampled_from(tokens) | values),
        "Upload-Length": data.draw(st.sampled_from(("5", "200000")) | values),
        "Upload-Offset": data.draw(st.sampled_from(("0", "5")) | values),
        "Upload-Metadata": data.draw(st.sampled_from(("filename YQ==", "filename Y,,=")) | values),
    }
    headers = {
        name: "".join(c for c in value if c.isprintable() and ord(c) < 256)
        for name, value in told.items()
        if data.draw(st.integers(0, 5))
    }
    place = data.draw(st.sampled_from(("", "a", "b", "j", "k")))
    path = f"/en/{data.draw(st.sampled_from(('57', '67')))}{place}"
    method = data.draw(st.sampled_from(("POST", "PATCH", "HEAD", "DELETE", "OPTIONS", "PUT")))
    kind = data.draw(st.sampled_from(("application/offset+octet-stream", FORM)))
    sent = Request(method, path, kind, data.draw(st.binary(max_size=60)))
    target.ask("nobody", sent, headers)


@pytest.mark.parametrize("kind", [FORM, MULTIPART])
def test_ten_megabytes_are_refused_or_read_at_every_address(target: Target, kind: str) -> None:
    large = "x" * TEN_MEGABYTES
    body = b"f8=" + large.encode() if kind == FORM else parts([("f8", large)], [])
    for who, forms in target.forms.items():
        for path in sorted({form.path for form in forms if form.method == "POST"}):
            target.ask(who, Request("POST", path, kind, body))


def test_the_forms_are_many_and_each_is_of_a_page(target: Target) -> None:
    """Else the tests above would be about little."""
    least = {"public": 12, "Bela": 16, "Sami": 12, "Dana": 20, "Lia": 5}
    found = {who: len({form.path for form in forms}) for who, forms in target.forms.items()}
    assert all(found[who] >= least[who] for who in least), found
