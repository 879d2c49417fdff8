"""SMTP against real servers on loopback: what is tried again, what not, and when TLS is needed."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from reports.delivery.channels.smtp.transport import SmtpChannel, is_loopback
from reports.delivery.outbox import Claim
from reports.errors import ChannelFailed
from tests.support.mail import MailServer
from tests.support.ports import free_port
from tests.support.tls import SITE_HOST, Certificate

FROM = "desk@wayside.example"
PACKET = b"From: desk@wayside.example\r\nSubject: Report\r\n\r\n.dot\r\nencrypted\r\n"
CLAIM = Claim(uuid4(), uuid4(), 1, "office@example.org", PACKET)


def failure(channel: SmtpChannel) -> ChannelFailed:
    with pytest.raises(ChannelFailed) as caught:
        channel.carry(CLAIM)
    return caught.value


def test_a_mail_arrives_as_it_was(mail_server: MailServer) -> None:
    SmtpChannel(mail_server.url, FROM).carry(CLAIM)
    [mail] = mail_server.wait_for(1)
    assert (mail.sender, mail.recipients, mail.raw) == (FROM, (CLAIM.recipient,), PACKET)


@pytest.mark.parametrize(
    ("answer", "lasting"),
    [
        ("421 closing", False),
        ("451 later", False),
        ("452 full", False),
        ("550 no", True),
        ("552 too large", True),
        ("554 refused", True),
    ],
)
def test_an_answer_to_the_message_says_whether_to_try_again(
    mail_server: MailServer, answer: str, lasting: bool
) -> None:
    mail_server.refuse(answer)
    found = failure(SmtpChannel(mail_server.url, FROM))
    assert (found.code, found.lasting) == (f"smtp_{answer[:3]}", lasting)
    SmtpChannel(mail_server.url, FROM).carry(CLAIM)
    assert len(mail_server.wait_for(1)) == 1


@pytest.mark.parametrize(("answer", "lasting"), [("450 later", False), ("550 no mailbox", True)])
def test_an_answer_to_the_recipient_says_whether_to_try_again(
    mail_server: MailServer, answer: str, lasting: bool
) -> None:
    mail_server.refuse_recipient(answer)
    found = failure(SmtpChannel(mail_server.url, FROM))
    assert (found.code, found.lasting) == (f"smtp_{answer[:3]}", lasting)


def test_nobody_there_is_tried_again() -> None:
    found = failure(SmtpChannel(f"smtp://127.0.0.1:{free_port()}", FROM))
    assert (found.code, found.lasting) == ("smtp_connection", False)


def test_a_failure_carries_none_of_the_servers_words(mail_server: MailServer) -> None:
    mail_server.refuse("550 office@example.org is unknown here")
    assert "office" not in str(failure(SmtpChannel(mail_server.url, FROM)))


class Script:
    """A server that says its lines, one after each line of the client, and then hangs up."""

    def __init__(self, *lines: bytes, hold: bool = False) -> None:
        self._lines, self._hold = lines, hold
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._socket.getsockname()[1]}"
        self.heard: list[bytes] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._talk)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._socket.close()
        self._thread.join(10)

    def _talk(self) -> None:
        connection, _ = self._socket.accept()
        connection.settimeout(10)
        with connection, suppress(OSError):
            for line in self._lines:
                connection.sendall(line + b"\r\n")
                self.heard.append(connection.recv(65536))
            if self._hold:
                self._over.wait(10)


@pytest.fixture
def script() -> Iterator[Callable[..., Script]]:
    made: list[Script] = []

    def make(*lines: bytes, hold: bool = False) -> Script:
        made.append(Script(*lines, hold=hold))
        return made[-1]

    yield make
    for one in made:
        one.stop()


HELLO = (b"220 hello", b"250 hello", b"250 sender ok", b"250 recipient ok", b"354 go on")


def test_a_connection_that_breaks_after_the_message_is_tried_again(
    script: Callable[..., Script],
) -> None:
    server = script(*HELLO)
    found = failure(SmtpChannel(server.url, FROM))
    assert (found.code, found.lasting) == ("smtp_connection", False)
    assert b"encrypted" in server.heard[-1]


def test_a_break_after_acceptance_is_no_failure(script: Callable[..., Script]) -> None:
    server = script(*HELLO, b"250 accepted")
    SmtpChannel(server.url, FROM).carry(CLAIM)


@pytest.mark.parametrize("lines", [(), HELLO[:1], HELLO[:2], HELLO[:3], HELLO[:4], HELLO])
def test_a_silent_server_is_not_waited_for(
    script: Callable[..., Script], lines: tuple[bytes, ...]
) -> None:
    server = script(*lines, hold=True)
    found = failure(SmtpChannel(server.url, FROM, timeout=0.3))
    assert (found.code, found.lasting) == ("smtp_connection", False)


def test_a_refused_sender_is_a_fault_of_the_settings_and_tried_again(
    script: Callable[..., Script],
) -> None:
    server = script(*HELLO[:2], b"550 not you", b"250 reset")
    found = failure(SmtpChannel(server.url, FROM))
    assert (found.code, found.lasting) == ("smtp_550", False)


def test_the_greeting_names_the_domain_of_our_address_and_not_this_machine(
    script: Callable[..., Script],
) -> None:
    server = script(*HELLO, b"250 accepted")
    SmtpChannel(server.url, FROM).carry(CLAIM)
    assert server.heard[0] == b"ehlo wayside.example\r\n"


# --- TLS and signing in ------------------------------------------------------------------------


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
    SmtpChannel(f"smtp://127.0.0.1:{server.port}", FROM).carry(CLAIM)
    assert server.secure == [True]


def test_beyond_this_machine_starttls_is_checked(
    servers: TlsServers, far_away: str, trusting: ssl.SSLContext
) -> None:
    server = servers.start(starttls=True)
    url = f"smtp://{far_away}:{server.port}"
    found = failure(SmtpChannel(url, FROM))
    assert (found.code, found.lasting) == ("smtp_tls", False)
    SmtpChannel(url, FROM, tls=trusting).carry(CLAIM)
    assert server.secure == [True]


def test_beyond_this_machine_nothing_leaves_without_tls(servers: TlsServers, far_away: str) -> None:
    server = servers.start()
    found = failure(SmtpChannel(f"smtp://desk:secret@{far_away}:{server.port}", FROM))
    assert (found.code, found.lasting) == ("smtp_no_tls", False)
    assert server.secure == []


def test_smtps_is_tls_from_the_first_byte_and_checked(
    servers: TlsServers, far_away: str, trusting: ssl.SSLContext
) -> None:
    server = servers.start(tls=True)
    url = f"smtps://{far_away}:{server.port}"
    assert failure(SmtpChannel(url, FROM)).code == "smtp_tls"
    SmtpChannel(url, FROM, tls=trusting).carry(CLAIM)
    assert len(server.secure) == 1


def test_name_and_password_come_from_the_url(servers: TlsServers) -> None:
    server = servers.start(
        starttls=True, authenticator=sign_in, auth_required=True, auth_require_tls=True
    )
    SmtpChannel(f"smtp://desk%40wayside:p%3A%2Fss%25word@127.0.0.1:{server.port}", FROM).carry(
        CLAIM
    )
    assert server.secure == [True]


def test_a_wrong_password_can_be_mended_and_is_tried_again(servers: TlsServers) -> None:
    server = servers.start(starttls=True, authenticator=sign_in, auth_required=True)
    found = failure(SmtpChannel(f"smtp://desk:wrong@127.0.0.1:{server.port}", FROM))
    assert (found.code, found.lasting) == ("smtp_sign_in", False)


def test_a_server_that_knows_no_signing_in_is_told_apart(mail_server: MailServer) -> None:
    found = failure(SmtpChannel(f"smtp://desk:secret@127.0.0.1:{mail_server.port}", FROM))
    assert (found.code, found.lasting) == ("smtp_sign_in", False)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_this_machine_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "mail.example.org", "10.0.0.1", "localhost.example.org"])
def test_other_machines_are_known(host: str) -> None:
    assert not is_loopback(host)
