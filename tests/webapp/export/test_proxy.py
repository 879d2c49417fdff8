"""What docs/deploy promises of nginx, tried with a real one that has no rights on this machine.

Behind it stands a server that notes what reaches it, or none at all.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.nginx import (
    DEPLOY,
    DESK_HOST,
    ONION,
    STRANGER,
    Nginx,
    Noted,
    Raw,
    ask,
    find,
    read_answer,
    start_noting,
)
from tests.support.tls import SITE_HOST, Certificate
from tests.support.web import EXIT_URL, Clock, build
from webapp.export.nginx import PHRASES
from webapp.export.write import write
from webapp.site.page_sizes import SHARED

PACKED = {"Accept-Encoding": "gzip"}
CLOSED: int = 1
"""A port at which nobody answers."""


@pytest.fixture(scope="module")
def app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application that the export is made from, of which nothing runs."""
    folder = tmp_path_factory.mktemp("exported")
    database = shutil.copy(sqlite_template, folder / "wayside.db")
    return build(
        folder / "var", f"sqlite:///{database}", Clock(), {"WAYSIDE_LANGUAGES": "en,nl,ar"}
    )


@pytest.fixture(scope="module")
def export(app: Flask) -> Iterator[Path]:
    """Written as the command does, whose umask lets nobody else read."""
    find()
    folder = Path(tempfile.mkdtemp(prefix="export-"))
    folder.chmod(0o755)
    earlier = os.umask(0o077)
    write(app, folder / "export")
    os.umask(earlier)
    yield folder / "export"
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def alone(export: Path, certificate: Certificate) -> Iterator[Nginx]:
    """nginx while the application is stopped."""
    server = Nginx(export, CLOSED, certificate)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def before(export: Path, certificate: Certificate) -> Iterator[Nginx]:
    """nginx in front of a server that notes what reaches it: the public face, and the desk."""
    with start_noting() as port:
        server = Nginx(export, port, certificate, port)
        yield server
        server.stop()


def fetch(nginx: Nginx, method: str, path: str, body: bytes = b"", **headers: str) -> Raw:
    """One request on a connection of its own; fails where no answer comes."""
    with nginx.connect() as connection:
        answer = ask(connection, method, path, body, **headers)
    assert answer is not None
    return answer


def passed_on(nginx: Nginx, path: str, **headers: str) -> dict[str, str]:
    """What of a request reaches the application."""
    Noted.seen.clear()
    assert fetch(nginx, "GET", path, **headers).status == 200
    return Noted.seen[-1][1]


@pytest.mark.parametrize("name", [None, "other.test", "127.0.0.1.test"])
def test_who_names_no_host_or_another_gets_no_certificate(before: Nginx, name: str | None) -> None:
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        before.connect(name)


@pytest.mark.parametrize("host", ["other.test", "127.0.0.1", "x"])
def test_another_host_name_gets_no_answer(before: Nginx, host: str) -> None:
    Noted.seen.clear()
    with before.connect() as connection:
        assert ask(connection, "GET", "/en/1", Host=host) is None
    with before.connect(tls=False) as connection:
        assert ask(connection, "GET", "/en/1", Host=host) is None
    assert Noted.seen == []


@pytest.mark.parametrize(
    "came", [b"GET /en/1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"nonsense\r\n\r\n", b"\x16\x03"]
)
def test_what_names_no_host_of_ours_is_not_answered_on_plain_http(
    before: Nginx, came: bytes
) -> None:
    with before.connect(tls=False) as connection:
        connection.sendall(came)
        connection.shutdown(socket.SHUT_WR)
        assert read_answer(connection) is None


def test_plain_http_leads_to_https_at_the_name_of_the_site(before: Nginx) -> None:
    with before.connect(tls=False) as connection:
        answer = ask(connection, "GET", "/en/b1")
    assert answer
    assert answer.status == 301
    assert answer.headers["location"] == f"https://{SITE_HOST}/en/b1"
    assert "no-store" in answer.headers["cache-control"]


def test_the_application_hears_the_name_of_the_server_and_none_of_the_clients(
    before: Nginx,
) -> None:
    lies = {
        "X_Forwarded_Host": DESK_HOST,
        "X_Forwarded_For": "8.8.8.8",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Port": "1",
        "X_Forwarded_Prefix": "/desk",
        "X_Real_IP": "8.8.8.8",
        "Forwarded": f"for=8.8.8.8;host={DESK_HOST}",
    }
    heard = passed_on(before, "/en/5", **lies)
    assert heard["host"] == heard["x-forwarded-host"] == SITE_HOST
    assert heard["x-forwarded-proto"] == "https"
    assert heard["x-forwarded-for"] == "127.0.0.0"
    assert not {"x-forwarded-port", "x-forwarded-prefix", "x-real-ip", "forwarded"} & set(heard)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("91.198.174.10", "91.198.174.0"),
        ("2a02:2f0e:1234:5678:9abc:def0:1234:5678", "2a02:2f0e:1234::"),
        ("2a02:2f0e:1234::1", "2a02:2f0e:1234::"),
        ("2a02:2f0e::1", "2a02:2f0e::"),
        ("2a02::1", "2a02::"),
        ("::ffff:91.198.174.10", "91.198.174.0"),
        ("::1", None),
    ],
)
def test_the_application_hears_the_network_and_nothing_else_of_an_address(
    before: Nginx, address: str, network: str | None
) -> None:
    heard = passed_on(before, "/en/5", **{STRANGER: address})
    # The header by which the test says who it is goes on as any other does.
    heard.pop(STRANGER.lower())
    assert heard.get("x-forwarded-for") == network
    assert address not in str(heard)


DESK = ("/desk", "/desk/", "/desk/sign-in", "/%64esk/", "//desk/", "/en/../desk/", "/ready")


@pytest.mark.parametrize("path", DESK)
def test_the_public_host_never_reaches_the_desk(before: Nginx, path: str) -> None:
    for headers in ({}, {"X_Forwarded_Host": DESK_HOST}, {"Cookie": "__Host-s=1"}):
        Noted.seen.clear()
        fetch(before, "GET", path, **headers)
        fetch(before, "POST", path, b"a=1", **headers)
        assert {raw for raw, _headers in Noted.seen} <= {"/none"}


def test_the_desk_answers_at_its_own_name_and_hands_on_nothing_of_the_public_face(
    before: Nginx,
) -> None:
    with before.connect(DESK_HOST) as connection:
        Noted.seen.clear()
        answer = ask(connection, "GET", "/desk/sign-in", Host=DESK_HOST, X_Forwarded_Host="a")
        assert answer
        assert answer.status == 200
        assert Noted.seen[-1][1]["x-forwarded-host"] == DESK_HOST
        for path in ("/en/5", "/ready", "/up", "/deskx"):
            answer = ask(connection, "GET", path, Host=DESK_HOST)
            assert answer
            assert answer.status == 404
        assert len(Noted.seen) == 1
    with before.connect(DESK_HOST) as connection:
        answer = ask(connection, "GET", "/desk/", Host=DESK_HOST, **{STRANGER: "8.8.8.8"})
        assert answer
        assert answer.status == 403


def test_the_onion_block_hands_on_its_name_and_counts_nobody(before: Nginx) -> None:
    Noted.seen.clear()
    with socket.create_connection(("127.0.0.1", before.onion_port), 30) as connection:
        answer = ask(connection, "GET", "/en/1", Host=ONION)
        assert answer
        assert answer.status == 200
    [(path, heard)] = Noted.seen
    assert (path, heard["host"], heard["x-forwarded-proto"]) == ("/en/1", ONION, "http")
    assert heard["x-forwarded-for"] == "127.0.0.0"
    with socket.create_connection(("127.0.0.1", before.onion_port), 30) as connection:
        assert ask(connection, "GET", "/en/1", Host="other.onion") is None


@pytest.mark.parametrize(
    ("path", "liked", "lang"),
    [
        ("/", "nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        ("/", "ro,ar;q=0.5", "ar"),
        ("/", "ro,ti", "en"),
        ("/", "", "en"),
        ("/en/1", "nl", "en"),
        ("/ar/b1", "nl", "ar"),
    ],
)
def test_while_the_application_is_stopped_the_information_is_there(
    alone: Nginx, path: str, liked: str, lang: str
) -> None:
    answer = fetch(alone, "GET", path, Accept_Language=liked)
    assert answer.status == 200
    assert f'<html lang="{lang}"'.encode() in answer.body
    assert answer.headers["content-length"] == str(len(answer.body))


@pytest.mark.parametrize(("path", "lang"), [("/ar/5", "ar"), ("/nl/b0", "nl"), ("/xx/6", "en")])
def test_what_only_the_application_has_is_then_a_page_with_exit_and_numbers(
    alone: Nginx, path: str, lang: str
) -> None:
    whole = fetch(alone, "GET", "/en/1", **PACKED)
    for method, body in (("GET", b""), ("POST", b"f8=canary")):
        answer = fetch(alone, method, path, body, **PACKED)
        assert answer.status == 502
        assert len(answer.body) == SHARED
        assert answer.size == whole.size
        assert f'<html lang="{lang}"'.encode() in answer.body
        assert b'data-exit href="/x"' in answer.body
        assert b'href="tel:112"' in answer.body
        assert b"canary" not in answer.body


def test_every_failure_that_nginx_finds_itself_is_a_page_of_that_size(alone: Nginx) -> None:
    size = fetch(alone, "GET", "/en/1", **PACKED).size
    broken = {
        400: "GET /en/1 HTTP/1.1\r\nHost: site.test\r\nContent-Length: x\r\n\r\n",
        413: "POST /en/5 HTTP/1.1\r\nHost: site.test\r\nContent-Length: 90000000\r\n\r\n",
        414: f"GET /{'a' * 9_000} HTTP/1.1\r\nHost: site.test\r\n\r\n",
        431: f"GET /en/1 HTTP/1.1\r\nHost: site.test\r\nX: {'a' * 9_000}\r\n\r\n",
    }
    for status, request in broken.items():
        with alone.connect() as connection:
            connection.sendall(request.encode())
            answer = read_answer(connection)
        assert answer, status
        assert (answer.status, answer.size) == (status, size)
        assert b'data-exit href="/x"' in answer.body
        assert b"nginx" not in answer.body


def test_every_failure_has_its_file_in_every_language(export: Path) -> None:
    files = [
        export / "errors" / tag / f"{code}.html" for tag in ("en", "nl", "ar") for code in PHRASES
    ]
    for file in files:
        html = file.read_bytes()
        assert len(html) == SHARED
        assert b'data-exit href="/x"' in html
        assert b'href="tel:112"' in html
        assert f'<html lang="{file.parent.name}"'.encode() in html


def test_one_network_sends_so_many_forms_and_hears_the_rest_on_a_page_like_any_other(
    before: Nginx,
) -> None:
    stranger = {STRANGER: "185.15.59.224"}
    with before.connect() as connection:
        answers = [ask(connection, "POST", "/nl/5", b"a=1", **stranger) for _ in range(160)]
        other = ask(connection, "GET", "/en/1", **PACKED, **stranger)
    refused = [answer for answer in answers if answer and answer.status == 429]
    assert refused
    assert {answer.size for answer in refused} == {other.size if other else 0}
    assert b'<html lang="nl"' in refused[0].body
    assert fetch(before, "POST", "/en/5", b"a=1", **{STRANGER: "91.198.174.10"}).status == 200


def test_one_network_has_so_many_requests_under_way_and_keeps_nobody_else_out(
    before: Nginx,
) -> None:
    crowd, other = {STRANGER: "192.0.2.7"}, {STRANGER: "198.51.100.7"}
    whole = 1_000
    slow = {"Content-Length": str(whole), "Expect": "100-continue", **crowd}
    held: list[socket.socket] = []
    try:
        for _ in range(100):
            held.append(before.connect())
            # That nginx asks for the body says that it counts the request.
            begun = ask(held[-1], "POST", "/en/5", **slow)
            assert begun
            assert begun.status == 100
            # Who sends nothing for a while is not waited for: a letter now and then.
            for each in held:
                each.sendall(b"x")
        refused = fetch(before, "GET", "/en/1", **crowd)
        served = fetch(before, "GET", "/en/1", **PACKED, **other)
        assert (refused.status, served.status) == (429, 200)
        assert refused.size == served.size
        held[0].sendall(b"x" * (whole - len(held)))
        done = read_answer(held[0])
        assert done
        assert done.status == 200
        assert fetch(before, "GET", "/en/1", **crowd).status == 200
    finally:
        for connection in held:
            connection.close()


@pytest.mark.parametrize("began", [b"GET /en/1 HT", b"POST /en/5 HTTP/1.1\r\nHost: site.test\r\n"])
def test_who_begins_and_stops_is_not_waited_for(before: Nginx, began: bytes) -> None:
    with before.connect() as connection:
        connection.settimeout(60)
        connection.sendall(began)
        start = time.monotonic()
        assert read_answer(connection) is None
        assert time.monotonic() - start < 45


def test_after_the_exit_nginx_answers_with_the_headers_of_the_application(
    alone: Nginx, app: Flask
) -> None:
    of_the_server = {"server", "date", "connection", "content-length", "content-type", "vary"}
    for path, cookie in (("/en/1", "__Host-g=1"), ("/en/5", "__Host-g=1"), ("/x", "")):
        asked = {"Cookie": cookie} if cookie else {}
        own = app.test_client(use_cookies=False).get(
            path, base_url=f"https://{SITE_HOST}", headers=asked
        )
        answer = fetch(alone, "GET", path, **asked)
        assert answer.status == own.status_code == 303
        assert answer.headers["location"] == EXIT_URL
        wanted = {k.lower(): v for k, v in own.headers if k.lower() not in of_the_server}
        if "set-cookie" in wanted:
            wanted["set-cookie"] = re.sub(r"Expires=[^;]*; ", "", wanted["set-cookie"])
        assert {k: v for k, v in answer.headers.items() if k not in of_the_server} == wanted


def test_all_that_is_exported_can_be_read_by_another_user(export: Path) -> None:
    for place in [export, *export.rglob("*")]:
        mode = place.stat().st_mode
        assert mode & stat.S_IROTH, place
        assert place.is_file() or mode & stat.S_IXOTH, place


def test_no_address_stands_in_any_log(before: Nginx, alone: Nginx) -> None:
    fetch(alone, "POST", "/en/5", b"a=1", **{STRANGER: "91.198.174.10"})
    fetch(before, "GET", "/en/1", **{STRANGER: "91.198.174.10"})
    for nginx in (alone, before):
        said = "".join(file.read_text() for file in nginx.folder.glob("*.log"))
        assert "client" not in said
        assert not re.search(r"\d+\.\d+\.\d+\.\d+", said)
    for file in DEPLOY.glob("nginx*.conf"):
        lines = re.findall(r"^\s*(?:access|error)_log (.*);", file.read_text(), re.M)
        assert set(lines) <= {"off", "/dev/null crit"}


def test_nginx_finds_nothing_wrong_with_the_configuration(alone: Nginx) -> None:
    checked = subprocess.run(
        [find(), "-t", "-q", "-p", alone.folder, "-c", alone.folder / "nginx.conf"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")
