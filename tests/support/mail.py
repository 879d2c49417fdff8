"""A mail server on loopback that keeps what it is given, and refuses when a test tells it to."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import SMTP as SMTP_POLICY

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.ports import free_port

ACCEPTED = "250 accepted"
DROPPED = "dropped"
PATIENCE = 180.0
"""Seconds that this server may take to start, and mails to come, on a busy machine."""


@dataclass(frozen=True)
class Mail:
    """One accepted mail: the envelope as it came and the bytes of the message."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> Message:
        return BytesParser(policy=SMTP_POLICY).parsebytes(self.raw)


class MailServer:
    """Accepts every mail, but for the answers that `refuse` puts in front."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.mails: list[Mail] = []
        self._recipient_answers: deque[str] = deque()
        self._message_answers: deque[str] = deque()
        self._arrived = threading.Condition()
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, ready_timeout=PATIENCE
        )
        self._controller.start()

    def refuse(self, answer: str = "451 try again later", *, times: int = 1) -> None:
        """Answer the next `times` messages with `answer`: 4xx to try again, 5xx for good."""
        self._message_answers.extend([answer] * times)

    def refuse_recipient(self, answer: str = "550 no such mailbox", *, times: int = 1) -> None:
        """Answer the next `times` recipients with `answer`."""
        self._recipient_answers.extend([answer] * times)

    def drop(self, *, times: int = 1) -> None:
        """Accept the next `times` messages, and break the connection instead of saying so."""
        self._message_answers.extend([DROPPED] * times)

    def wait_for(self, count: int, timeout: float = PATIENCE) -> list[Mail]:
        """The mails, as soon as there are `count`; fails after `timeout` seconds."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.mails) >= count, timeout):
                raise AssertionError(f"{len(self.mails)} of {count} mails after {timeout} s")
            return list(self.mails)

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    async def handle_RCPT(  # the library calls this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if self._recipient_answers:
            return self._recipient_answers.popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # the library calls this name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        answer = self._message_answers.popleft() if self._message_answers else ACCEPTED
        if answer not in (ACCEPTED, DROPPED):
            return answer
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw)
        with self._arrived:
            self.mails.append(mail)
            self._arrived.notify_all()
        if answer == DROPPED and server.transport is not None:
            server.transport.abort()
        return ACCEPTED
