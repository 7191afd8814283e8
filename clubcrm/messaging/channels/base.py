"""What every channel offers: a line that carries letters and answers each with a receipt."""

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from clubcrm.messaging.rules.delivery import Receipt


@dataclass(frozen=True, slots=True)
class Letter:
    """One finished message to one address; `message_key` is the same in every attempt.

    `parameters` fill an approved template of `code` where a service takes no free text; the reader
    has written to us within the last day where `may_be_free` says so.
    """

    message_key: str
    address: str
    subject: str
    body: str
    sender: str
    unsubscribe_url: str = ""
    html: str = ""
    logo: tuple[bytes, str] | None = None  # shown by the HTML as cid:logo
    code: str = ""
    language: str = "en"
    parameters: tuple[str, ...] = ()
    may_be_free: bool = False
    paper: tuple[bytes, str, str] | None = None  # content, kind and name of a file that goes along
    in_reply_to: str = ""  # the reader's own mail that this answers
    by_person: bool = False  # somebody has written it: programs need not be warned


class Line(Protocol):
    """A channel in use; it may keep a connection open between letters."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def send(self, letter: Letter) -> Receipt:
        """Hand the letter over once and return what became of it; never raises for its failures."""


class StillLine:
    """A line that keeps nothing open between letters: each is a call of its own."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None
