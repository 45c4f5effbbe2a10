"""The mail server, by its URL: `smtp://user:password@host:port` or `smtps://…`.

Over a network always with TLS, and the server's certificate is verified; `?starttls=0` gives that up.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from engine.addresses import is_loopback
from metamodel.problems import Rejected, problem

TIMEOUT = 20  # seconds
PORTS = {"smtp": 25, "smtps": 465}


class Refused(Exception):
    """The server will not take this message, ever."""


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False  # from the first byte
    starttls: bool = False

    @classmethod
    def of(cls, url: str) -> Server:
        """Rejected (mail.bad_url) for what is no address of a mail server."""
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS[parts.scheme]
        except (ValueError, KeyError):
            raise Rejected([problem("mail.bad_url")]) from None
        asked = parse_qs(parts.query)
        wish = parts.scheme == "smtp" and not is_loopback(parts.hostname or "")
        starttls = asked.get("starttls", ["1" if wish else "0"])[-1] in ("1", "true", "yes")
        if not parts.hostname or (starttls and parts.scheme == "smtps") or asked.keys() - {"starttls"}:
            raise Rejected([problem("mail.bad_url")])
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port, user, password, parts.scheme == "smtps", starttls)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Signed in; raises what the network and the server say."""
        smtp = self._open()
        try:
            if self.starttls:
                smtp.starttls(context=ssl.create_default_context())
            if self.user:
                smtp.login(self.user, self.password)
            yield Connection(smtp)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()

    def _open(self) -> smtplib.SMTP:
        if self.tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)


class Connection:
    def __init__(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp

    def send(self, message: EmailMessage) -> None:
        """Refused where the server will never take it; any other failure as it comes."""
        try:
            self._smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            if all(code >= 500 for code, _ in error.recipients.values()):
                raise Refused from None
            raise
        except smtplib.SMTPDataError as error:
            if error.smtp_code >= 500:
                raise Refused from None
            raise
        except smtplib.SMTPNotSupportedError:
            raise Refused from None
