"""A real SMTP server for tests: takes mail, and can be told to refuse, to stall or to hang up."""

import socket
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Sink:
    """What arrived, and how the server behaves; `rcpt` and `content` are answers by address."""

    mails: list[EmailMessage] = field(default_factory=list)
    rcpt: dict[str, str] = field(default_factory=dict)
    content: dict[str, str] = field(default_factory=dict)
    cut_after_content: bool = False
    url: str = ""
    talks: int = 0
    on_content: Any = None

    @property
    def readers(self) -> list[str]:
        """Return the addresses that got a mail, in order."""
        return [str(mail["To"]) for mail in self.mails]

    def words(self, number: int = 0) -> str:
        """Return the plain words of a mail that arrived."""
        plain = self.mails[number].get_body(("plain",))
        assert plain is not None
        return str(plain.get_content())

    def html(self, number: int = 0) -> str:
        """Return the framed words of a mail that arrived."""
        framed = self.mails[number].get_body(("html",))
        assert framed is not None
        return str(framed.get_content())

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer for one reader."""
        self.talks += 1
        answer = self.rcpt.get(address)
        if answer is not None:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take the content, or answer as told."""
        answer = self.content.get(envelope.rcpt_tos[0])
        if answer is not None:
            return answer
        raw = envelope.original_content or b""
        mail = message_from_bytes(raw, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        if self.on_content is not None:
            self.on_content()
        if self.cut_after_content:
            assert server.transport is not None
            server.transport.abort()
        return "250 2.0.0 Ok"


class Post:
    """The server around a sink, on a free port of this machine."""

    def __init__(self) -> None:
        self.sink = Sink()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._controller = Controller(self.sink, hostname="127.0.0.1", port=port)
        self.sink.url = f"smtp://127.0.0.1:{port}"

    def open(self) -> Sink:
        """The server answers from now on."""
        self._controller.start()
        return self.sink

    def close(self) -> None:
        """The server is gone, and so is its thread."""
        self._controller.stop()
