"""HTTPS on loopback: a certificate made on the spot, a front for the real server, a target site.

Browsers treat plain HTTP as another world (no `__Host-` cookie, no Clear-Site-Data), so what is
shown in a browser is shown over HTTPS, with a certificate that the browser is told to trust.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import http.client
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SITE_HOST = "site.test"
TARGET_HOST = "target.test"
PATIENCE = 180.0
"""Seconds that any part of these servers waits for another; nothing in them waits for ever."""
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade"}
_TARGET_PAGE = b"<!doctype html><html lang=en><title>Weather</title><h1>Weather</h1><p>Dry.</p>"


@dataclass(frozen=True)
class Certificate:
    """A certificate for both hosts; `pin` is what Chromium takes to trust its key."""

    file: Path
    pin: str


@dataclass(frozen=True)
class Seen:
    """One request as it reached a server."""

    method: str
    path: str
    headers: dict[str, str] = field(repr=False)


def make_certificate(folder: Path) -> Certificate:
    """Write a fresh key and self-signed certificate, valid for a day, to `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SITE_HOST)])
    hosts = x509.SubjectAlternativeName([x509.DNSName(SITE_HOST), x509.DNSName(TARGET_HOST)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(hosts, critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding
    private = key.private_bytes(
        encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    file = folder / "certificate.pem"
    file.write_bytes(private + certificate.public_bytes(encoding.PEM))
    return Certificate(file, base64.b64encode(hashlib.sha256(public).digest()).decode())


class HttpsServer(ThreadingHTTPServer):
    """An HTTPS server that remembers every request in `seen`.

    While `open` is not set it keeps them waiting; while `dead` is true it hangs up on them.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str, certificate: Certificate, handler: type[Handler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.url = f"https://{host}:{self.server_port}"
        self.seen: list[Seen] = []
        self.open = threading.Event()
        self.open.set()
        self.dead = False
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.file)
        # The handshake belongs to the request's thread: a silent client must not stop the others.
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop answering."""
        self.open.set()
        self.shutdown()
        self._thread.join(PATIENCE)
        self.server_close()

    def handle_error(self, _request: object, _address: object) -> None:
        """Say nothing: browsers drop connections as they like."""


class Handler(BaseHTTPRequestHandler):
    """Reads one request whole, notes it, and gives it to `respond`."""

    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    server: HttpsServer

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append(Seen(self.command, self.path, dict(self.headers.items())))
        self.server.open.wait(PATIENCE)
        if self.server.dead:
            self.close_connection = True
        else:
            self.respond(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = handle_any

    def respond(self, body: bytes) -> None:
        raise NotImplementedError

    def answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Send a whole response with exactly these headers."""
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep no log."""


class TargetHandler(Handler):
    """The harmless site that the exit leads to."""

    def respond(self, _body: bytes) -> None:
        found = self.path == "/"
        page = _TARGET_PAGE if found else b""
        headers = [("Content-Type", "text/html"), ("Content-Length", str(len(page)))]
        self.answer(200 if found else 404, headers, page)


def front_for(port: int) -> type[Handler]:
    """A handler that passes everything on to the plain server on `port`, as a proxy does."""

    class Front(Handler):
        def respond(self, body: bytes) -> None:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _HOP_BY_HOP}
            headers |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": self.client_address[0]}
            headers["X-Forwarded-Host"] = self.headers["Host"]
            upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            try:
                upstream.request(self.command, self.path, body or None, headers)
                response = upstream.getresponse()
                kept = [(k, v) for k, v in response.getheaders() if k.lower() not in _HOP_BY_HOP]
                self.answer(response.status, kept, response.read())
            finally:
                upstream.close()

    return Front
