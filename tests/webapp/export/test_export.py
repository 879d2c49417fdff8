"""The export, and a real nginx that serves it as docs/deploy says."""

from __future__ import annotations

import gzip
import http.client
import shutil
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import pytest
from flask import Flask

from reports.codes import derive_code
from tests.support.nginx import STRANGER, Nginx, find
from tests.support.nginx import ask as raw
from tests.support.site import Site, flask
from tests.support.tls import SITE_HOST, Certificate
from webapp.export.write import list_addresses, write
from webapp.site.page_sizes import ECHO, FORM, SHARED

GUARD = "a=1; __Host-g=1"
ENCODINGS = ("gzip", "br", "gzip, deflate, br, zstd", "identity")
OF_THE_SERVER = {"date", "server", "connection", "transfer-encoding", "via"}


def ask(port: int, method: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One request to nginx over TLS."""
    plain = socket.create_connection(("127.0.0.1", port), 60)
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.sock = trusting.wrap_socket(plain, server_hostname=SITE_HOST)
    try:
        own = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers={"Host": f"{SITE_HOST}:{port}", **own})
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, told, answer.read()
    finally:
        connection.close()


def test_the_files_hold_the_bytes_that_are_served(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    app = make_app(WAYSIDE_LANGUAGES="en,ar")
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "old.js").write_text("gone")
    pages = write(app, tmp_path)
    assert pages == len(list(list_addresses(app))) + 2, (
        "every page, and the chooser in each language"
    )
    assert not (tmp_path / "s" / "old.js").exists()
    client = app.test_client()
    for path in list_addresses(app):
        file = tmp_path / "pages" / f"{path[1:]}.html"
        packed = file.with_name(f"{file.name}.gz").read_bytes()
        served = client.get(path, base_url="https://localhost", headers={"Accept-Encoding": "gzip"})
        assert served.data == packed, path
        html = gzip.decompress(packed)
        br = file.with_name(f"{file.name}.br").read_bytes()
        assert brotli.decompress(br) == html
        assert len(br) == len(packed)
        assert file.read_bytes().startswith(html.rstrip())
        assert len(file.read_bytes()) == ECHO


@pytest.fixture(scope="module")
def nginx(shared_site: Site, certificate: Certificate) -> Iterator[Nginx]:
    find()
    folder = Path(tempfile.mkdtemp(prefix="export-"))
    folder.chmod(0o755)
    environ = {**shared_site.environ, "WAYSIDE_LANGUAGES": "en,ar"}
    flask(environ, "export", str(folder / "export"))
    server = Nginx(folder / "export", shared_site.port, certificate)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_nginx_serves_a_page_as_the_application_does(
    nginx: Nginx, shared_site: Site, encoding: str
) -> None:
    sizes = set()
    for path in ("/en/1", "/en/b1", "/ar/15", "/en/b0", "/en/5", "/"):
        status, headers, body = ask(nginx.port, "GET", path, Accept_Encoding=encoding)
        assert status == 200
        assert len(body) in (SHARED, FORM, ECHO)
        assert not {"etag", "last-modified", "accept-ranges"} & set(headers)
        kept = [(k, v) for k, v in headers.items() if k not in OF_THE_SERVER]
        sizes.add(sum(len(k) + len(v) + 4 for k, v in kept))
    assert len(sizes) == 1, "headers of pages from files are as long as those of the application"
    # The application itself speaks no Brotli.
    own = ask_plain(shared_site, "/en/b1", "gzip" if encoding == "br" else encoding)
    _, headers, _ = ask(nginx.port, "GET", "/en/b1", Accept_Encoding=encoding)
    differing = {"x-fill", "content-encoding", *OF_THE_SERVER}
    assert {k: v for k, v in headers.items() if k not in differing} == {
        k: v for k, v in own.items() if k not in differing
    }


def ask_plain(site: Site, path: str, encoding: str) -> dict[str, str]:
    """The headers of the application's own answer, as a proxy that speaks TLS gets it."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    headers = {"Accept-Encoding": encoding, "X-Forwarded-Proto": "https"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return {name.lower(): value for name, value in answer.getheaders()}


def test_nginx_keeps_the_guard_and_the_exit(nginx: Nginx, shared_site: Site) -> None:
    assert shared_site.target
    target = f"{shared_site.target.url}/"
    status, headers, _ = ask(nginx.port, "GET", "/x")
    assert (status, headers["location"]) == (303, target)
    assert headers["clear-site-data"] == '"storage"'
    cookie = {part.strip() for part in headers["set-cookie"].split(";")}
    assert cookie == {
        *("__Host-g=1", "Secure", "HttpOnly", "Max-Age=120", "Path=/", "SameSite=Lax"),
    }
    status, headers, body = ask(nginx.port, "POST", "/x")
    assert (status, body, headers["clear-site-data"]) == (204, b"", '"storage"')
    for path in ("/en/1", "/en/b1", "/en/b0", "/", "/en/w"):
        status, headers, _ = ask(nginx.port, "GET", path, Cookie=GUARD)
        assert (status, headers["location"]) == (303, target), path
    assert ask(nginx.port, "GET", "/en/1", Cookie="a__Host-g=1")[0] == 200


def test_nginx_hands_the_rest_to_the_application(nginx: Nginx) -> None:
    assert ask(nginx.port, "GET", "/en/zz")[0] == 404
    assert ask(nginx.port, "GET", "/up")[0] == 204
    assert ask(nginx.port, "POST", "/en/1")[0] in (400, 405)
    status, headers, _ = ask(nginx.port, "GET", "/pages/en/1.html")
    assert status == 404
    assert "strict-transport-security" in headers


@pytest.mark.parametrize("path", ["/ready", "/%72eady", "//ready", "/./ready", "/ready?a=1"])
def test_nginx_says_to_nobody_whether_the_application_can_serve(nginx: Nginx, path: str) -> None:
    """From outside it is an address as any other that there is not."""
    status, headers, body = ask(nginx.port, "GET", path)
    other, others, page = ask(nginx.port, "GET", "/none")
    assert (status, len(body), headers["content-type"]) == (404, len(page), others["content-type"])
    assert status == other
    assert "retry-after" not in headers
    assert ask(nginx.port, "POST", path)[0] == ask(nginx.port, "POST", "/none")[0]


def test_nginx_serves_the_files_of_a_page_packed_or_not(nginx: Nginx) -> None:
    _, _, page = ask(nginx.port, "GET", "/en/1")
    name = page.decode().split('href="/s/')[1].split('"')[0]
    plain = ask(nginx.port, "GET", f"/s/{name}")
    packed = ask(nginx.port, "GET", f"/s/{name}", Accept_Encoding="br")
    assert brotli.decompress(packed[2]) == plain[2]
    assert packed[1]["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in packed[1]["cache-control"]
    assert ask(nginx.port, "GET", "/s/none.css")[0] == 404


def test_whole_answers_of_one_class_are_equally_long_through_nginx(nginx: Nginx) -> None:
    """Every byte of them: status line, headers, those that nginx adds, and the body."""
    packed = {"Accept-Encoding": "gzip, deflate, br"}
    sizes: dict[str, set[int]] = {"shared": set(), "form": set()}
    asked = {"shared": ("/", "/en/1", "/ar/15", "/en/b0", "/en/zz", "/desk/", "/ready", "/up/x")}
    asked["form"] = ("/en/5", "/ar/57", "/en/6", "/ar/67")
    for kind, paths in asked.items():
        for path in paths:
            with nginx.connect() as connection:
                answer = raw(connection, "GET", path, **packed)
                assert answer
                sizes[kind].add(answer.size)
    assert len(sizes["shared"]) == len(sizes["form"]) == 1
    assert max(sizes["shared"]) <= 14_000
    assert max(sizes["form"]) <= 26_600


def test_one_network_is_refused_for_too_many_slow_keys_and_another_is_not(nginx: Nginx) -> None:
    """The network reaches the application, and nothing else of an address does."""

    def guess(address: str, number: int) -> int:
        # Another code each time: the tries of one code have a limit of their own.
        code = derive_code(b"of nobody %d" % number).digits
        form = {"Content-Type": "application/x-www-form-urlencoded", STRANGER: address}
        with nginx.connect() as connection:
            answer = raw(connection, "POST", "/en/6", f"b=open&c={code}".encode(), **form)
        return answer.status if answer else 0

    assert any(guess(f"91.198.174.{number}", number) == 503 for number in range(1, 100))
    assert guess("185.15.59.224", 100) == 200
    assert guess("127.0.0.1", 101) == 200
