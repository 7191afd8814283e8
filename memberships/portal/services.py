"""Verbs of questions: a member asks about a used unit, the desk returns it or explains it."""

import hashlib

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.accounts.api import LONGEST_WAIT_OF_ADDRESS, Brake, take_try
from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.states import move
from clubcrm.core.text import clean, fold
from memberships.events import MemberAsked, OwnPageAsked, QuestionSettled, UnitQuestioned
from memberships.packages.models import EntryKind
from memberships.packages.services import return_visit
from memberships.portal.models import QUESTION_MOVES, LedgerQuestion, QuestionState
from memberships.portal.queries import Member, people_at, use_of
from memberships.trainers.queries import session_by_public_id
from memberships.trainers.services import reverse_session

BY_MEMBER = "member"


def ask_about(member: Member, entry_id: int, words: str = "") -> LedgerQuestion:
    """The desk knows that the member questions the line; asked twice, it is one question."""
    use = use_of(entry_id)
    if use is None or use.person_id != member.person_id or use.kind is not EntryKind.USE:
        raise not_found(_("There is no such line."))
    known = db.session.scalars(
        select(LedgerQuestion).where(LedgerQuestion.entry_id == entry_id)
    ).first()
    if known is not None:
        return known
    question = LedgerQuestion(
        club_id=member.club_id,
        person_id=member.person_id,
        entry_id=entry_id,
        state=QuestionState.OPEN,
        words=clean(words, "words", longest=300),
    )
    db.session.add(question)
    db.session.flush()
    audit.note(
        "unit.questioned",
        "package_entry",
        entry_id,
        after={"words": question.words},
        by=f"{BY_MEMBER}:{member.person_id}",
    )
    events.record(
        UnitQuestioned(member.club_id, clock.now(), question.id, member.person_id, entry_id)
    )
    return question


def ask_club(member: Member, about: str, words: str) -> None:
    """The desk has the member's question; an empty one is none."""
    said = clean(words, "words", longest=300)
    if not said:
        raise invalid({"words": _("Write your question.")})
    audit.note(
        "member.asked",
        "person",
        member.person_id,
        after={"about": about, "words": said},
        by=f"{BY_MEMBER}:{member.person_id}",
    )
    events.record(MemberAsked(member.club_id, clock.now(), member.person_id, about, said))


def ask_for_page(typed: str, browser: str) -> None:
    """Whoever is reached at the address gets a link to his page, in five minutes once.

    Raises TOO_MANY_TRIES (429) when one address is asked for, or one browser asks, again and again.
    """
    asked = hashlib.sha256(fold(typed).encode()).hexdigest()[:32]
    take_try(
        db.session(),
        (
            Brake(f"own-page:{asked}", 5),
            Brake(f"own-page-from:{browser}", 20, LONGEST_WAIT_OF_ADDRESS),
        ),
    )
    for person_id, club_id in people_at(typed):
        events.record(OwnPageAsked(club_id, clock.now(), person_id))


def return_unit(question: LedgerQuestion, reason: str, *, by: str) -> None:
    """The unit is back on the member's lot by an opposite line, and the question is answered."""
    use = use_of(question.entry_id)
    said = _reason(reason)
    if use is None:
        raise not_found(_("There is no such line."))
    _answer(question, QuestionState.RETURNED, said, by)
    session = session_by_public_id(use.source_id) if use.source_kind == "session" else None
    if session is not None:
        # The session never counted: pay and ledger follow from its taking back.
        reverse_session(session, said, by=by)
    elif not return_visit(use.source_kind, use.source_id, clock.now(), by, said):
        raise DomainError("RETURNED", _("This unit is back already."))


def explain(question: LedgerQuestion, reason: str, *, by: str) -> None:
    """The line stays, and the member reads why."""
    _answer(question, QuestionState.EXPLAINED, _reason(reason), by)


def _answer(question: LedgerQuestion, state: QuestionState, said: str, by: str) -> None:
    move(question, state, moves=QUESTION_MOVES, by=by, why=said)
    question.answer, question.answered_at, question.answered_by = said, clock.now(), by
    db.session.flush()
    audit.note(
        f"unit.{state.value}", "package_entry", question.entry_id, after={"why": said}, by=by
    )
    events.record(
        QuestionSettled(question.club_id, clock.now(), question.id, question.person_id, state.value)
    )


def _reason(reason: str) -> str:
    said = clean(reason, "reason", longest=300)
    if not said:
        raise invalid({"reason": _("Say why.")})
    return said
