"""The offline copy without a browser: what is offered, what the worker is told, the manifest."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient

from webapp.site.page_sizes import SHARED


def told_to_the_worker(client: FlaskClient, tag: str = "en") -> dict[str, object]:
    found = re.search(r"told = (\{.*?\}), NAME", client.get(f"/{tag}/w").text)
    assert found
    told: dict[str, object] = json.loads(found[1])
    return told


def test_the_offer_says_the_language_the_size_and_how_long(client: FlaskClient) -> None:
    page = client.get("/en/8").text
    told = told_to_the_worker(client)
    pages = told["pages"]
    assert isinstance(pages, list)
    assert "copy of these pages in English" in page
    assert f"{len(pages) - 1} pages" in page
    size = re.search(r"([\d.]+) MB", page)
    assert size
    assert len(pages) * SHARED <= float(size[1]) * 1_000_000 < len(pages) * SHARED + 200_000
    assert "After 30 days" in page


def test_the_worker_keeps_pages_of_one_language_and_none_with_a_token(client: FlaskClient) -> None:
    told = told_to_the_worker(client, "nl")
    pages = told["pages"]
    assert isinstance(pages, list)
    assert all(page.startswith("/nl/") for page in pages)
    assert not {"/nl/5", "/nl/6", "/nl/9", "/x"} & set(pages)
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert 'name="t"' not in answer.text, page


def test_every_page_offers_to_delete_the_copy(client: FlaskClient) -> None:
    for path in ("/", "/en/1", "/en/5", "/ar/b1", "/nl/zz"):
        assert 'id="drop" hidden' in client.get(path).text


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_the_manifest_is_neutral_and_asks_for_no_installation(
    client: FlaskClient, tag: str
) -> None:
    answer = client.get(f"/{tag}/m")
    told = json.loads(answer.text)
    assert answer.mimetype == "application/manifest+json"
    assert told["display"] == "browser"
    assert {told["name"], told["short_name"]} == {"Info"}
    assert not {"description", "shortcuts", "screenshots", "categories"} & set(told)
    assert client.get(told["icons"][0]["src"]).status_code == 200


def test_after_the_exit_not_even_the_worker_is_given(client: FlaskClient) -> None:
    client.get("/x")
    assert client.get("/en/w").status_code == 303
