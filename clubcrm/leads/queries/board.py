"""Queries room: the board: columns of stages with their counts, sums and first cards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select

from clubcrm.accounts.models import User
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.text import fold, like_literal
from clubcrm.leads.models import Lead, LeadSource, LeadTask
from clubcrm.leads.rules.scores import Heat, heat_of
from clubcrm.leads.rules.stages import OPEN, LeadStage
from clubcrm.people.models import Person
from clubcrm.tasks.models import Task, TaskState

CARDS = 25
LIST = 100
# What is over stands on the board only for so long.
OVER_SHOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class BoardWish:
    """Which leads of a club are asked for; `now` is what late and lately are told by."""

    club_id: int
    now: datetime
    owner_id: int | None = None
    unowned: bool = False
    or_unowned: bool = False
    source_id: int | None = None
    words: str = ""
    without_step: bool = False
    late: bool = False
    unanswered: bool = False
    cards: int = CARDS


@dataclass(frozen=True, slots=True)
class LeadCard:
    """One lead as a card shows it."""

    id: int
    public_id: str
    stage: LeadStage
    name: str
    person_id: str
    channel: str
    source: str
    owner: str
    owner_id: int | None
    interest: str
    value_minor: int | None
    currency: str
    arrived_at: datetime
    answer_by: datetime
    first_attempt_at: datetime | None
    trial_at: datetime | None
    attempts: int
    score: int
    step_due: datetime | None
    closed_at: datetime | None

    @property
    def heat(self) -> Heat:
        """Return how promising the lead is, in one word."""
        return heat_of(self.score)

    def is_unanswered(self, now: datetime) -> bool:
        """Tell whether nobody has tried to answer although the promised time is over."""
        return self.stage in OPEN and self.first_attempt_at is None and self.answer_by <= now

    @property
    def lacks_step(self) -> bool:
        """Tell whether the lead is open and nothing is to be done for it."""
        return self.stage in OPEN and self.step_due is None


@dataclass(frozen=True, slots=True)
class Column:
    """One stage of the board: how many leads, worth how much, and the first cards."""

    stage: LeadStage
    count: int = 0
    value_minor: int = 0
    cards: Sequence[LeadCard] = field(default=())


def board(wish: BoardWish) -> Mapping[LeadStage, Column]:
    """Return every stage with its leads; two selects whatever the number of leads."""
    counts = _counts(wish)
    cards: dict[LeadStage, list[LeadCard]] = {}
    for card in _first_cards(wish):
        cards.setdefault(card.stage, []).append(card)
    return {
        stage: Column(stage, *counts.get(stage, (0, 0)), cards.get(stage, []))
        for stage in LeadStage
    }


def stage_list(wish: BoardWish, stage: LeadStage, skip: int = 0) -> list[LeadCard]:
    """Return the leads of one stage in the order of the board, from a number on."""
    chosen = _cards_select().where(*_where(wish), Lead.state == stage)
    return _cards(chosen.order_by(*_order()).offset(skip).limit(LIST))


def card_of(scope: Scope, public_id: str) -> LeadCard | None:
    """Return one lead of these clubs as a card."""
    chosen = _cards_select().where(Lead.public_id == public_id, Lead.club_id.in_(scope.club_ids))
    return next(iter(_cards(chosen)), None)


def _counts(wish: BoardWish) -> dict[LeadStage, tuple[int, int]]:
    rows = db.session.execute(
        select(Lead.state, func.count(), func.coalesce(func.sum(Lead.value_minor), 0))
        .select_from(Lead)
        .join(Person, Person.id == Lead.person_id)
        .where(*_where(wish))
        .group_by(Lead.state)
    )
    return {stage: (count, int(value or 0)) for stage, count, value in rows}


def _first_cards(wish: BoardWish) -> list[LeadCard]:
    place = func.row_number().over(partition_by=Lead.state, order_by=_order()).label("place")
    ranked = (
        select(Lead.id.label("lead_id"), place)
        .join(Person, Person.id == Lead.person_id)
        .where(*_where(wish))
        .subquery()
    )
    chosen = (
        _cards_select()
        .join(ranked, ranked.c.lead_id == Lead.id)
        .where(ranked.c.place <= wish.cards)
        .order_by(ranked.c.place)
    )
    return _cards(chosen)


def _due() -> ScalarSelect[Any]:
    """When the soonest open task of a lead falls due; asked lead by lead, by the key of both."""
    return (
        select(func.min(Task.due_at))
        .join(LeadTask, LeadTask.task_id == Task.id)
        .where(LeadTask.lead_id == Lead.id, Task.state == TaskState.OPEN)
        .correlate(Lead)
        .scalar_subquery()
    )


def _where(wish: BoardWish) -> list[ColumnElement[bool]]:
    since = wish.now - OVER_SHOWN
    found: list[ColumnElement[bool]] = [
        Lead.club_id == wish.club_id,
        or_(Lead.state.in_(OPEN), Lead.won_at >= since, Lead.lost_at >= since),
    ]
    if wish.unowned:
        found.append(Lead.owner_id.is_(None))
    elif wish.owner_id is not None:
        mine = Lead.owner_id == wish.owner_id
        found.append(or_(mine, Lead.owner_id.is_(None)) if wish.or_unowned else mine)
    if wish.source_id is not None:
        found.append(Lead.source_id == wish.source_id)
    if wish.without_step:
        found += [Lead.state.in_(OPEN), _due().is_(None)]
    unanswered = (Lead.first_attempt_at.is_(None)) & (Lead.answer_by <= wish.now)
    if wish.unanswered:
        found += [Lead.state.in_(OPEN), unanswered]
    if wish.late:
        found += [Lead.state.in_(OPEN), or_(unanswered, _due() <= wish.now)]
    for word in fold(wish.words).split():
        found.append(Person.search_text.like(f"%{like_literal(word)}%", escape="\\"))
    return found


def _order() -> tuple[Any, ...]:
    """What nobody has planned comes first, then what is due soonest; what is over, newest first."""
    return (
        _due().is_not(None),
        _due(),
        func.coalesce(Lead.won_at, Lead.lost_at).desc(),
        Lead.id,
    )


def _cards_select() -> Any:
    return (
        select(
            Lead,
            Person.given_name,
            Person.family_name,
            Person.public_id,
            LeadSource.name,
            User.name,
            _due().label("due"),
        )
        .join(Person, Person.id == Lead.person_id)
        .outerjoin(LeadSource, LeadSource.id == Lead.source_id)
        .outerjoin(User, User.id == Lead.owner_id)
    )


def _cards(chosen: Any) -> list[LeadCard]:
    return [
        LeadCard(
            id=lead.id,
            public_id=lead.public_id,
            stage=lead.state,
            name=f"{given} {family}".strip(),
            person_id=person_id,
            channel=lead.channel,
            source=source or "",
            owner=owner or "",
            owner_id=lead.owner_id,
            interest=lead.interest,
            value_minor=lead.value_minor,
            currency=lead.currency,
            arrived_at=lead.arrived_at,
            answer_by=lead.answer_by,
            first_attempt_at=lead.first_attempt_at,
            trial_at=lead.trial_at,
            attempts=lead.attempts,
            score=lead.score,
            step_due=due,
            closed_at=lead.won_at or lead.lost_at,
        )
        for lead, given, family, person_id, source, owner, due in db.session.execute(chosen)
    ]
