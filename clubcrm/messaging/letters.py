"""Services room: letters with a paper to people who are no members, sent once.

A letter is claimed and committed before the mail server hears of it; what a crash leaves claimed
is in doubt and waits for a person, so that nobody gets an order twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from clubcrm.core import audit, clock
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.states import Moves, move
from clubcrm.core.text import clean
from clubcrm.messaging.channels.base import Letter
from clubcrm.messaging.letter_tables import LetterState, PostedLetter
from clubcrm.messaging.rules.delivery import PAUSES, Outcome, Receipt

LETTER_MOVES: Moves = {
    LetterState.WAITING: frozenset({LetterState.SENDING, LetterState.FAILED}),
    LetterState.SENDING: frozenset(
        {LetterState.SENT, LetterState.WAITING, LetterState.FAILED, LetterState.DOUBT}
    ),
    LetterState.FAILED: frozenset({LetterState.WAITING}),
    LetterState.DOUBT: frozenset({LetterState.WAITING, LetterState.SENT}),
}
# Only a person may say what becomes of these.
STUCK = (LetterState.FAILED, LetterState.DOUBT)
LONGEST_CLAIM = timedelta(minutes=10)
BY = "system:post"


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that goes with a letter."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LetterOrder:
    """What to write to whom; the same cause writes once."""

    club_id: int
    address: str
    subject: str
    body: str
    source_kind: str
    source_id: str
    paper: Paper | None = None


def post_letter(order: LetterOrder, *, by: str) -> PostedLetter:
    """The letter waits to be sent; one of the same cause is returned as it stands."""
    found = letter_of(order.source_kind, order.source_id)
    if found is not None:
        return found
    paper = order.paper
    letter = PostedLetter(
        club_id=order.club_id,
        address=order.address,
        subject=clean(order.subject, "subject", longest=200),
        body=order.body,
        paper=paper.content if paper else None,
        paper_name=paper.name if paper else "",
        paper_type=paper.media_type if paper else "",
        source_kind=order.source_kind,
        source_id=order.source_id,
        created_by=by,
    )
    db.session.add(letter)
    db.session.flush()
    after = {"subject": letter.subject, "paper": letter.paper_name}
    audit.note("letter.posted", "posted_letter", letter.id, after=after, by=by)
    return letter


def post_paper(
    club_id: int,
    address: str,
    words: tuple[str, str],
    paper: tuple[str, str, bytes],
    source: tuple[str, str],
    by: str,
) -> None:
    """A letter with these words, subject first, and this paper waits to be sent."""
    order = LetterOrder(club_id, address, *words, *source, Paper(*paper))
    post_letter(order, by=by)


def state_of_paper(source_kind: str, source_id: str) -> str:
    """Return where the letter of a cause stands, "" when none was written."""
    found = letter_of(source_kind, source_id)
    return found.state.value if found else ""


def letter_of(source_kind: str, source_id: str) -> PostedLetter | None:
    """Return what was written for a cause, None when nothing was."""
    return db.session.scalars(
        select(PostedLetter).where(
            PostedLetter.source_kind == source_kind, PostedLetter.source_id == source_id
        )
    ).first()


def letters_for(scope: Scope, source_kind: str, limit: int = 50) -> Sequence[PostedLetter]:
    """Return letters of a kind in these clubs, the newest first."""
    return db.session.scalars(
        select(PostedLetter)
        .where(PostedLetter.club_id.in_(scope.club_ids), PostedLetter.source_kind == source_kind)
        .order_by(PostedLetter.id.desc())
        .limit(limit)
    ).all()


def letters_at(scope: Scope, limit: int = 100) -> Sequence[PostedLetter]:
    """Return the letters of these clubs: those that need a person, then the newest."""
    waits_last = PostedLetter.state.in_(STUCK).desc()
    return db.session.scalars(
        select(PostedLetter)
        .where(PostedLetter.club_id.in_(scope.club_ids))
        .order_by(waits_last, PostedLetter.id.desc())
        .limit(limit)
    ).all()


def letter_for(scope: Scope, public_id: str) -> PostedLetter | None:
    """Return a letter of these clubs, None when there is none."""
    return db.session.scalars(
        select(PostedLetter).where(
            PostedLetter.club_id.in_(scope.club_ids), PostedLetter.public_id == public_id
        )
    ).first()


def has_paper(letter: PostedLetter) -> bool:
    """Tell whether the letter can go as it was meant: with its paper, or never with one."""
    return not letter.paper_name or letter.paper is not None


def claim_letter(moment: datetime) -> tuple[int, Letter] | None:
    """Return the next letter, which nobody else sends now; None when none is due."""
    chosen = (
        select(PostedLetter)
        .where(PostedLetter.state == LetterState.WAITING, PostedLetter.next_try_at <= moment)
        .order_by(PostedLetter.next_try_at, PostedLetter.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    letter = db.session.scalars(chosen).first()
    if letter is None:
        return None
    move(letter, LetterState.SENDING, moves=LETTER_MOVES, by=BY)
    letter.claimed_at, letter.tries = moment, letter.tries + 1
    db.session.flush()
    return letter.id, _ready(letter)


def conclude_letter(letter_id: int, receipt: Receipt, moment: datetime) -> LetterState:
    """The letter is sent, waits for another try, has failed, or is in doubt."""
    letter = db.session.get_one(PostedLetter, letter_id)
    letter.why = receipt.words[:300]
    if receipt.outcome is Outcome.SENT:
        letter.sent_at, letter.paper = moment, None
        to = LetterState.SENT
    elif receipt.outcome is Outcome.RETRY and letter.tries <= len(PAUSES):
        letter.next_try_at = moment + PAUSES[letter.tries - 1]
        to = LetterState.WAITING
    elif receipt.outcome is Outcome.UNKNOWN:
        to = LetterState.DOUBT
    else:
        to = LetterState.FAILED
    move(letter, to, moves=LETTER_MOVES, by=BY, why=letter.why)
    return to


def settle_dead_letters(moment: datetime) -> int:
    """Letters whose sender died are in doubt; returns how many."""
    dead = db.session.scalars(
        select(PostedLetter)
        .where(
            PostedLetter.state == LetterState.SENDING,
            PostedLetter.claimed_at < moment - LONGEST_CLAIM,
        )
        .with_for_update(skip_locked=True)
    ).all()
    for letter in dead:
        why = "the sender stopped in the middle"
        move(letter, LetterState.DOUBT, moves=LETTER_MOVES, by=BY, why=why)
        letter.why = why
    return len(dead)


def send_again(letter: PostedLetter, *, by: str) -> None:
    """A letter that failed or is in doubt waits once more; raises PAPER_GONE without its paper."""
    if not has_paper(letter):
        raise DomainError(
            "PAPER_GONE", _("Its paper is no longer kept. Make it anew where it came from.")
        )
    move(letter, LetterState.WAITING, moves=LETTER_MOVES, by=by)
    letter.next_try_at, letter.tries = clock.now(), 0
    db.session.flush()
    audit.note("letter.again", "posted_letter", letter.id, by=by)


def has_arrived(letter: PostedLetter, *, by: str) -> None:
    """The receiver says that the letter in doubt has come: it counts as sent."""
    move(letter, LetterState.SENT, moves=LETTER_MOVES, by=by)
    letter.sent_at, letter.paper = letter.claimed_at, None
    db.session.flush()
    audit.note("letter.arrived", "posted_letter", letter.id, by=by)


def forget_papers(until: datetime) -> int:
    """Papers of letters that never went are gone after so long; returns how many."""
    changed = db.session.execute(
        update(PostedLetter)
        .where(PostedLetter.created_at < until, PostedLetter.paper.is_not(None))
        .values(paper=None)
        .execution_options(synchronize_session=False)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined] # the untyped result of an UPDATE


def _ready(letter: PostedLetter) -> Letter:
    paper = (letter.paper, letter.paper_type, letter.paper_name) if letter.paper else None
    return Letter(letter.public_id, letter.address, letter.subject, letter.body, "", paper=paper)
