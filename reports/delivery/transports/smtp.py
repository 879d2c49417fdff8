"""SMTP: hand one encrypted mail to the configured server, and say whether trying again can help.

Whatever happens, nothing of the mail, its address or the server's words is logged or kept; a
failure is a short code. A connection that breaks after the mail was handed over counts as "try
again": the recipient may then see it twice, under the same Message-ID, but never not at all.
"""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from contextlib import suppress
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from reports.delivery.outbox import ClaimedDelivery
from reports.errors import ChannelFailed

TIMEOUT: Final = 15.0
"""Seconds for each answer of the server. `scripts/run` gives a stopping worker a little more."""
PORT: Final = 25
TLS_PORT: Final = 465


class SmtpTransport:
    """One mail server. `smtp://` turns to TLS where offered, and insists beyond this machine."""

    outcome: Literal["sent"] = "sent"
    codes = frozenset({"smtp_connection", "smtp_tls", "smtp_no_tls", "smtp_sign_in"})

    def __init__(
        self,
        url: str,
        mail_from: str,
        *,
        tls: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._implicit_tls = parts.scheme == "smtps"
        self._port = parts.port or (TLS_PORT if self._implicit_tls else PORT)
        self._name = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._mail_from = mail_from
        self._local = is_loopback(self._host)
        self._tls = tls or _context(self._local)
        self._timeout = timeout

    def send(self, claim: ClaimedDelivery) -> None:
        """Send one mail. Raises `ChannelFailed`; lasting only for a 5xx to recipient or message."""
        try:
            client = self._connect()
            try:
                self._prepare(client)
                # Where the server can, it tells the sender what became of the mail (RFC 3461).
                told = client.has_extn("dsn")
                client.sendmail(
                    self._mail_from,
                    [claim.recipient],
                    claim.packet,
                    ["RET=HDRS"] if told else [],
                    ["NOTIFY=SUCCESS,FAILURE"] if told else [],
                )
            finally:
                # The mail is accepted or refused by now; how the server says goodbye is all one.
                with suppress(smtplib.SMTPException, OSError):
                    client.quit()
        except smtplib.SMTPRecipientsRefused as refusal:
            code = refusal.recipients[claim.recipient][0]
            raise ChannelFailed(f"smtp_{code}", lasting=code >= 500) from refusal
        except smtplib.SMTPDataError as refusal:
            code = refusal.smtp_code
            raise ChannelFailed(f"smtp_{code}", lasting=code >= 500) from refusal
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as refusal:
            raise ChannelFailed("smtp_sign_in", lasting=False) from refusal
        except smtplib.SMTPResponseException as refusal:
            # To our greeting or our own address: a fault of the settings, which can be mended.
            raise ChannelFailed(f"smtp_{refusal.smtp_code}", lasting=False) from refusal
        except ssl.SSLError as problem:
            raise ChannelFailed("smtp_tls", lasting=False) from problem
        except OSError as problem:
            raise ChannelFailed("smtp_connection", lasting=False) from problem

    def _connect(self) -> smtplib.SMTP:
        # Our own name in the greeting, not this machine's.
        name = self._mail_from.rpartition("@")[2]
        if self._implicit_tls:
            return smtplib.SMTP_SSL(
                self._host, self._port, name, timeout=self._timeout, context=self._tls
            )
        return smtplib.SMTP(self._host, self._port, name, timeout=self._timeout)

    def _prepare(self, client: smtplib.SMTP) -> None:
        client.ehlo_or_helo_if_needed()
        if not self._implicit_tls:
            if client.has_extn("starttls"):
                client.starttls(context=self._tls)
            elif not self._local:
                raise ChannelFailed("smtp_no_tls", lasting=False)
        if self._name:
            client.login(self._name, self._password)


def is_loopback(host: str) -> bool:
    """Whether what is sent to `host` stays on this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _context(local: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if local:
        # A mail server on this machine seldom has a certificate that anybody vouches for.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
