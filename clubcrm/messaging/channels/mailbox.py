"""The club's mailbox by IMAP: unread mails are taken one by one, and marked when they are done.

Marks are kept by the server, so that neither a lost line nor a new numbering loses a mail.
"""

import contextlib
import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 15.0
MOST_PER_RUN = 50
LONGEST_MAIL = 5 * 1024 * 1024
SEEN, PUT_ASIDE = r"(\Seen)", r"(\Seen \Flagged)"


class MailboxError(Exception):
    """The mailbox cannot be read now; `words` say what the server said."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words[:300]


@dataclass(slots=True)
class Mailbox:
    """An open folder of a mailbox."""

    server: imaplib.IMAP4

    def unread(self) -> list[str]:
        """Return the names of mails that nobody has dealt with, the oldest first."""
        _answer, found = self.server.uid("SEARCH", "UNSEEN")
        return (found[0] or b"").decode("ascii").split()[:MOST_PER_RUN]

    def raw(self, uid: str) -> bytes | None:
        """Return a mail as it came, without marking it; None for one that is too long or gone."""
        size = self._told(uid, "(RFC822.SIZE)")
        digits = size.rpartition(b"RFC822.SIZE")[2].strip(b" )")
        if digits.isdigit() and int(digits) > LONGEST_MAIL:
            return None
        _answer, found = self.server.uid("FETCH", uid, "(BODY.PEEK[])")
        return next((bytes(one[1]) for one in found or () if isinstance(one, tuple)), None)

    def mark(self, uid: str, flags: str = SEEN) -> None:
        """The mail is not unread any more; one that is put aside carries a flag for a person."""
        self.server.uid("STORE", uid, "+FLAGS", flags)

    def _told(self, uid: str, what: str) -> bytes:
        _answer, found = self.server.uid("FETCH", uid, what)
        told = (found or [b""])[0]
        return told if isinstance(told, bytes) else b""


@contextmanager
def open_mailbox(url: str) -> Iterator[Mailbox]:
    """Give the folder that an address such as imaps://user:password@host/INBOX names.

    Raises MailboxError where the server cannot be reached, does not let us in, or breaks the line.
    """
    parts = urlsplit(url)
    try:
        with _line(parts.scheme, parts.hostname or "", parts.port) as server:
            server.login(unquote(parts.username or ""), unquote(parts.password or ""))
            answer, said = server.select(unquote(parts.path.strip("/")) or "INBOX")
            if answer != "OK":
                raise MailboxError((said[0] or b"").decode("utf-8", "replace"))
            yield Mailbox(server)
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxError(str(error) or type(error).__name__) from error


@contextmanager
def _line(scheme: str, host: str, port: int | None) -> Iterator[imaplib.IMAP4]:
    server = _dial(scheme, host, port)
    try:
        yield server
        server.logout()
    finally:
        # A broken talk leaves the socket open.
        with contextlib.suppress(OSError):
            server.shutdown()


def _dial(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    if scheme == "imaps":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=TIMEOUT_SECONDS)
    return imaplib.IMAP4(host, port or 143, timeout=TIMEOUT_SECONDS)
