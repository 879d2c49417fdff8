"""The answer for monitors: the database's health and not a word more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from tests.support.web import put_services


def test_up_while_the_database_answers(client: FlaskClient) -> None:
    response = client.get("/up")
    assert (response.status_code, response.data) == (204, b"")


def test_down_when_it_does_not(app: Flask, client: FlaskClient) -> None:
    gone = create_engine("sqlite:////nowhere/at/all.db")
    put_services(app, sessions=sessionmaker(gone))
    response = client.get("/up")
    assert (response.status_code, response.data) == (503, b"")
    gone.dispose()


@pytest.mark.parametrize("host", ["staff.test", "site.test"])
def test_it_answers_on_both_hosts(make_app: Callable[..., Flask], host: str) -> None:
    client = make_app(WAYSIDE_STAFF_HOST="staff.test").test_client()
    assert client.get("/up", base_url=f"https://{host}").status_code == 204
