"""Mail by SMTP: every step is told apart, so that a cut after the content counts as unknown.

One connection carries many letters; any doubt closes it. Nothing here takes longer than 15 s.
"""

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from clubcrm.core.clock import now
from clubcrm.messaging.channels.base import Letter
from clubcrm.messaging.rules.delivery import Outcome, Receipt, Step, judge

TIMEOUT_SECONDS = 15.0
_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(slots=True)
class _Progress:
    """How far the talk about one letter has come."""

    step: Step = Step.CONNECT


class _Handset(smtplib.SMTP):
    def __init__(self, host: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._host = host


class _TlsHandset(smtplib.SMTP_SSL):
    def __init__(self, host: str, timeout: float) -> None:
        super().__init__(timeout=timeout, context=ssl.create_default_context())
        self._host = host


class _Watch:
    """Ends a talk at its hour; the socket's own limit starts anew with each byte."""

    def __init__(self, cut: Callable[[], None], seconds: float) -> None:
        self._cut = cut
        self._step = min(0.5, seconds / 10)
        self._ends: float | None = None
        self._over = threading.Event()
        # One thread for a whole line: a timer for each letter costs as much as the letter.
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def until(self, ends: float | None) -> None:
        """Cut at this reading of the monotonic clock, or not at all."""
        self._ends = ends

    def stop(self) -> None:
        """Watch no more."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(self._step):
            if self._ends is not None and time.monotonic() >= self._ends:
                self._ends = None
                self._cut()


class SmtpLine:
    """A line to the mail server named by an address such as smtp://user:pass@host:port.

    `bounces_to` is where returned mail goes; {id} in it stands for the message.
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT_SECONDS, bounces_to: str = "") -> None:
        self._url = urlsplit(url)
        self._timeout = timeout
        self._bounces_to = bounces_to
        self._server: smtplib.SMTP | None = None
        self._was_cut = False
        self._watch: _Watch | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._server.quit()
        self._hang_up()
        if self._watch is not None:
            self._watch.stop()

    def send(self, letter: Letter) -> Receipt:
        """Hand the letter over once and return what became of it."""
        try:
            content = compose(letter).as_bytes(policy=_POLICY)
            letter.address.encode("ascii")
        except (ValueError, UnicodeError) as error:
            return Receipt(Outcome.BOUNCED, f"address or header cannot be written: {error}")
        progress = _Progress()
        self._was_cut = False
        if self._watch is None:
            self._watch = _Watch(self._cut, self._timeout)
        self._watch.until(time.monotonic() + self._timeout)
        try:
            receipt = self._guarded_talk(letter, content, progress)
        finally:
            self._watch.until(None)
        if not self._was_cut:
            return receipt
        # Half an answer that we cut short would read like a whole one.
        self._hang_up()
        return _halting(judge(progress.step, None, f"no end within {self._timeout:g} s"))

    def _guarded_talk(self, letter: Letter, content: bytes, progress: _Progress) -> Receipt:
        try:
            return self._talk(letter, content, progress)
        except smtplib.SMTPResponseException as refusal:
            self._hang_up()
            return judge(progress.step, refusal.smtp_code, _words(refusal.smtp_error))
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            words = f"{type(error).__name__}: {error}"[:300]
            return _halting(judge(progress.step, None, words))

    def _talk(self, letter: Letter, content: bytes, progress: _Progress) -> Receipt:
        server, code, words = self._begun(self._envelope_sender(letter), progress)
        if code == 250:
            progress.step = Step.RECIPIENT
            code, words = server.rcpt(letter.address)
        if code not in {250, 251}:
            with contextlib.suppress(smtplib.SMTPServerDisconnected):
                server.rset()
            return judge(progress.step, code, _words(words))
        progress.step = Step.CONTENT
        code, words = server.docmd("DATA")
        if code != 354:
            raise smtplib.SMTPDataError(code, words)
        progress.step = Step.AFTER_CONTENT
        server.send(_dotted(content))
        code, words = server.getreply()
        if code == -1:
            raise smtplib.SMTPServerDisconnected("no answer to the content")
        return judge(progress.step, code, _words(words))

    def _begun(self, sender: str, progress: _Progress) -> tuple[smtplib.SMTP, int, bytes | str]:
        was_open = self._server is not None
        server = self._connected()
        progress.step = Step.SENDER
        try:
            code, words = server.mail(sender)
        except (OSError, smtplib.SMTPException):
            code, words = 421, b""
            if not was_open or self._was_cut:
                raise
        if code != 421 or not was_open:
            return server, code, words
        # The server had ended the line since the last letter: nothing of this one was said.
        self._hang_up()
        progress.step = Step.CONNECT
        server = self._connected()
        progress.step = Step.SENDER
        return server, *server.mail(sender)

    def _envelope_sender(self, letter: Letter) -> str:
        return self._bounces_to.replace("{id}", letter.message_key) or parseaddr(letter.sender)[1]

    def _connected(self) -> smtplib.SMTP:
        if self._server is not None:
            return self._server
        server = self._server = self._handset()
        code, words = server.connect(self._url.hostname or "localhost", self._port())
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        server.ehlo_or_helo_if_needed()
        if self._url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server

    def _handset(self) -> smtplib.SMTP:
        # Not connected yet: the watch must be able to cut a server that never ends its greeting.
        host = self._url.hostname or "localhost"
        if self._url.scheme == "smtps":
            return _TlsHandset(host, self._timeout)
        return _Handset(host, self._timeout)

    def _port(self) -> int:
        return self._url.port or (465 if self._url.scheme == "smtps" else 25)

    def _cut(self) -> None:
        self._was_cut = True
        connection = self._server.sock if self._server is not None else None
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def compose(letter: Letter) -> EmailMessage:
    """Return the mail of a letter; raises ValueError where a header would hold a line break."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = letter.sender
    mail["To"] = letter.address
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = f"<{letter.message_key}@{_domain(letter.sender)}>"
    if letter.in_reply_to:
        mail["In-Reply-To"] = mail["References"] = letter.in_reply_to
    if not letter.by_person:
        mail["Auto-Submitted"] = "auto-replied" if letter.in_reply_to else "auto-generated"
    if letter.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(letter.body)
    if letter.html:
        _add_html(mail, letter)
    if letter.paper is not None:
        content, media_type, name = letter.paper
        kind, _, form = media_type.partition(";")[0].partition("/")
        mail.add_attachment(content, maintype=kind, subtype=form, filename=name)
    return mail


def _add_html(mail: EmailMessage, letter: Letter) -> None:
    mail.add_alternative(letter.html, subtype="html")
    if letter.logo is not None:
        content, media_type = letter.logo
        kind, _, form = media_type.partition("/")
        *_plain, framed = mail.iter_parts()
        assert isinstance(framed, EmailMessage)  # noqa: S101 - the part added above
        framed.add_related(content, maintype=kind, subtype=form, cid="<logo>")


def _halting(receipt: Receipt) -> Receipt:
    # A server that does not answer would keep each of the other letters waiting just as long.
    return replace(receipt, halts=receipt.outcome is Outcome.RETRY)


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def _dotted(content: bytes) -> bytes:
    """Return the content as DATA wants it: dots at line starts doubled, a lone dot at the end."""
    lines = content.replace(b"\r\n", b"\n").split(b"\n")
    stuffed = [b"." + line if line.startswith(b".") else line for line in lines]
    text = b"\r\n".join(stuffed)
    return text + (b"" if text.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:300]
