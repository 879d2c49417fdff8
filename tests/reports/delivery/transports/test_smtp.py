"""SMTP against real servers on loopback: what is tried again, what not, and when TLS is needed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from uuid import uuid4

import pytest

from reports.delivery.outbox import ClaimedDelivery
from reports.delivery.transports.smtp import SmtpTransport
from reports.errors import ChannelFailed
from tests.support.mail import MailServer
from tests.support.ports import free_port

FROM = "desk@wayside.example"
PACKET = b"From: desk@wayside.example\r\nSubject: Report\r\n\r\n.dot\r\nencrypted\r\n"
CLAIM = ClaimedDelivery(uuid4(), uuid4(), 1, "office@example.org", PACKET, "openpgp")


def failure(channel: SmtpTransport) -> ChannelFailed:
    with pytest.raises(ChannelFailed) as caught:
        channel.send(CLAIM)
    return caught.value


def test_a_mail_arrives_as_it_was(mail_server: MailServer) -> None:
    SmtpTransport(mail_server.url, FROM).send(CLAIM)
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
    found = failure(SmtpTransport(mail_server.url, FROM))
    assert (found.code, found.lasting) == (f"smtp_{answer[:3]}", lasting)
    SmtpTransport(mail_server.url, FROM).send(CLAIM)
    assert len(mail_server.wait_for(1)) == 1


@pytest.mark.parametrize(("answer", "lasting"), [("450 later", False), ("550 no mailbox", True)])
def test_an_answer_to_the_recipient_says_whether_to_try_again(
    mail_server: MailServer, answer: str, lasting: bool
) -> None:
    mail_server.refuse_recipient(answer)
    found = failure(SmtpTransport(mail_server.url, FROM))
    assert (found.code, found.lasting) == (f"smtp_{answer[:3]}", lasting)


def test_nobody_there_is_tried_again() -> None:
    found = failure(SmtpTransport(f"smtp://127.0.0.1:{free_port()}", FROM))
    assert (found.code, found.lasting) == ("smtp_connection", False)


def test_a_failure_carries_none_of_the_servers_words(mail_server: MailServer) -> None:
    mail_server.refuse("550 office@example.org is unknown here")
    assert "office" not in str(failure(SmtpTransport(mail_server.url, FROM)))


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
    found = failure(SmtpTransport(server.url, FROM))
    assert (found.code, found.lasting) == ("smtp_connection", False)
    assert b"encrypted" in server.heard[-1]


def test_a_break_after_acceptance_is_no_failure(script: Callable[..., Script]) -> None:
    server = script(*HELLO, b"250 accepted")
    SmtpTransport(server.url, FROM).send(CLAIM)


@pytest.mark.parametrize("lines", [(), HELLO[:1], HELLO[:2], HELLO[:3], HELLO[:4], HELLO])
def test_a_silent_server_is_not_waited_for(
    script: Callable[..., Script], lines: tuple[bytes, ...]
) -> None:
    server = script(*lines, hold=True)
    found = failure(SmtpTransport(server.url, FROM, timeout=0.3))
    assert (found.code, found.lasting) == ("smtp_connection", False)


def test_a_refused_sender_is_a_fault_of_the_settings_and_tried_again(
    script: Callable[..., Script],
) -> None:
    server = script(*HELLO[:2], b"550 not you", b"250 reset")
    found = failure(SmtpTransport(server.url, FROM))
    assert (found.code, found.lasting) == ("smtp_550", False)


def test_the_greeting_names_the_domain_of_our_address_and_not_this_machine(
    script: Callable[..., Script],
) -> None:
    server = script(*HELLO, b"250 accepted")
    SmtpTransport(server.url, FROM).send(CLAIM)
    assert server.heard[0] == b"ehlo wayside.example\r\n"
