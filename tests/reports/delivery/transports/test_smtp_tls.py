"""TLS and signing in: nothing leaves this machine in the clear, or to a server that lies."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from reports.delivery.outbox import ClaimedDelivery
from reports.delivery.transports.smtp import SmtpTransport, is_loopback
from reports.errors import ChannelFailed
from tests.support.mail import MailServer
from tests.support.ports import free_port
from tests.support.tls import SITE_HOST, Certificate

FROM = "desk@wayside.example"
PACKET = b"From: desk@wayside.example\r\nSubject: Report\r\n\r\n.dot\r\nencrypted\r\n"
CLAIM = ClaimedDelivery(uuid4(), uuid4(), 1, "office@example.org", PACKET, "openpgp")


def failure(channel: SmtpTransport) -> ChannelFailed:
    with pytest.raises(ChannelFailed) as caught:
        channel.send(CLAIM)
    return caught.value


class Accepting:
    """Keeps what arrives, and whether it came over TLS."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.secure: list[bool] = []

    async def handle_DATA(  # the library calls this name
        self, server: SMTP, session: Session, _envelope: Envelope
    ) -> str:
        self.secure.append(session.ssl is not None)
        return "250 accepted"


def sign_in(
    _server: object, _session: object, _envelope: object, _how: str, data: object
) -> object:
    right = LoginPassword(b"desk@wayside", b"p:/ss%word")
    return AuthResult(success=data == right, handled=False)


class TlsServers:
    """Mail servers that can do TLS, on a certificate of their own making."""

    def __init__(self, certificate: Certificate) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate.file)
        self._started: list[Controller] = []

    def start(self, *, starttls: bool = False, tls: bool = False, **options: Any) -> Accepting:
        handler = Accepting(free_port())
        if starttls:
            options["tls_context"] = self._context
        if tls:
            options["ssl_context"] = self._context
        controller = Controller(handler, hostname="127.0.0.1", port=handler.port, **options)
        controller.start()
        self._started.append(controller)
        return handler

    def stop(self) -> None:
        for controller in self._started:
            controller.stop()


@pytest.fixture
def servers(certificate: Certificate) -> Iterator[TlsServers]:
    made = TlsServers(certificate)
    yield made
    made.stop()


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> str:
    """A host name that leads to this machine, which the channel takes for another one."""
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda _host, port, *_rest, **_options: [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        ],
    )
    return SITE_HOST


@pytest.fixture
def trusting(certificate: Certificate) -> ssl.SSLContext:
    """What a client knows whose operator vouches for the servers' certificate."""
    context = ssl.create_default_context()
    context.load_verify_locations(certificate.file)
    return context


def test_starttls_is_used_where_it_is_offered(servers: TlsServers) -> None:
    server = servers.start(starttls=True)
    SmtpTransport(f"smtp://127.0.0.1:{server.port}", FROM).send(CLAIM)
    assert server.secure == [True]


def test_beyond_this_machine_starttls_is_checked(
    servers: TlsServers, far_away: str, trusting: ssl.SSLContext
) -> None:
    server = servers.start(starttls=True)
    url = f"smtp://{far_away}:{server.port}"
    found = failure(SmtpTransport(url, FROM))
    assert (found.code, found.lasting) == ("smtp_tls", False)
    SmtpTransport(url, FROM, tls=trusting).send(CLAIM)
    assert server.secure == [True]


def test_beyond_this_machine_nothing_leaves_without_tls(servers: TlsServers, far_away: str) -> None:
    server = servers.start()
    found = failure(SmtpTransport(f"smtp://desk:secret@{far_away}:{server.port}", FROM))
    assert (found.code, found.lasting) == ("smtp_no_tls", False)
    assert server.secure == []


def test_smtps_is_tls_from_the_first_byte_and_checked(
    servers: TlsServers, far_away: str, trusting: ssl.SSLContext
) -> None:
    server = servers.start(tls=True)
    url = f"smtps://{far_away}:{server.port}"
    assert failure(SmtpTransport(url, FROM)).code == "smtp_tls"
    SmtpTransport(url, FROM, tls=trusting).send(CLAIM)
    assert len(server.secure) == 1


def test_name_and_password_come_from_the_url(servers: TlsServers) -> None:
    server = servers.start(
        starttls=True, authenticator=sign_in, auth_required=True, auth_require_tls=True
    )
    SmtpTransport(f"smtp://desk%40wayside:p%3A%2Fss%25word@127.0.0.1:{server.port}", FROM).send(
        CLAIM
    )
    assert server.secure == [True]


def test_a_wrong_password_can_be_mended_and_is_tried_again(servers: TlsServers) -> None:
    server = servers.start(starttls=True, authenticator=sign_in, auth_required=True)
    found = failure(SmtpTransport(f"smtp://desk:wrong@127.0.0.1:{server.port}", FROM))
    assert (found.code, found.lasting) == ("smtp_sign_in", False)


def test_a_server_that_knows_no_signing_in_is_told_apart(mail_server: MailServer) -> None:
    found = failure(SmtpTransport(f"smtp://desk:secret@127.0.0.1:{mail_server.port}", FROM))
    assert (found.code, found.lasting) == ("smtp_sign_in", False)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_this_machine_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "mail.example.org", "10.0.0.1", "localhost.example.org"])
def test_other_machines_are_known(host: str) -> None:
    assert not is_loopback(host)
