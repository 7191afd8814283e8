"""Services room: points are earned, spent, lapse and are taken back, each by a line of its own.

The person is held while his points become fewer, so that nobody spends the same point twice.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.idempotency import new_key
from clubcrm.core.text import clean
from clubcrm.loyalty.bonus import give_bonus
from clubcrm.loyalty.models import PointEntry
from clubcrm.loyalty.point_queries import (
    YEAR,
    as_line,
    balance_of,
    earned_since,
    entry_of,
    lines_of,
    taken_of,
)
from clubcrm.loyalty.programme import programme_of
from clubcrm.loyalty.rules.points import (
    PointCause,
    PointKind,
    lapsing,
    level_of,
    to_take_back,
    with_level,
)
from clubcrm.loyalty.surroundings import club_with
from clubcrm.people.queries.locks import lock_person
from memberships.api import Voucher

MOST_BY_HAND = 100_000
BY_HAND, AT_TILL = "voucher", "till"  # where points were spent; both name the bonus by its id


@dataclass(frozen=True, slots=True)
class Earning:
    """Points for something that happened once; the same source earns once."""

    club_id: int
    person_id: int
    cause: PointCause
    points: int
    source: tuple[str, str]
    day: date
    amount_minor: int | None = None
    reason: str = ""


def earn(order: Earning, *, by: str) -> PointEntry | None:
    """The points stand on the person's ledger; None when they stand already or are none.

    What the level adds counts for what members do, not for what they are given.
    """
    if order.points <= 0 or entry_of(PointKind.EARN, *order.source) is not None:
        return None
    programme = programme_of(order.club_id)
    points = order.points
    if order.cause in (PointCause.VISIT, PointCause.PURCHASE, PointCause.RENEWAL):
        earned = earned_since(order.person_id, order.day - YEAR)
        points = with_level(points, level_of(programme.levels, earned))
    return _enter(
        {
            "club_id": order.club_id,
            "person_id": order.person_id,
            "kind": PointKind.EARN,
            "cause": order.cause,
            "delta": points,
            "day": order.day,
            "expires_on": order.day + timedelta(days=programme.keeps_days),
            "source_kind": order.source[0],
            "source_id": order.source[1],
            "amount_minor": order.amount_minor,
            "reason": order.reason,
        },
        by,
    )


def give_points(club_id: int, person_id: int, points: int, reason: str, *, by: str) -> PointEntry:
    """The points are the member's for a reason that stands on his card."""
    words = clean(reason, "reason", longest=300)
    faults = {}
    if not 1 <= points <= MOST_BY_HAND:
        faults["points"] = _(
            "Expected a number from %(low)s to %(high)s.", low=1, high=MOST_BY_HAND
        )
    if not words:
        faults["reason"] = _("Say why.")
    if faults:
        raise invalid(faults)
    today = clock.today(club_with(club_id).zone)
    source = ("hand", new_key())
    order = Earning(club_id, person_id, PointCause.HAND, points, source, today, reason=words)
    entry = earn(order, by=by)
    if entry is None:
        raise not_found(_("There is no such member."))
    audit.note("points.given", "person", person_id, after={"points": points, "why": words}, by=by)
    return entry


def spend(club_id: int, person_id: int, points: int, *, by: str, source: str = BY_HAND) -> Voucher:
    """So many points have become bonus money of the member, good at the till and for fees.

    Raises POINTS_OFF, INVALID_INPUT below the least number, NO_POINTS when there are not so many.
    """
    programme = programme_of(club_id)
    if not programme.collects or programme.worth_minor <= 0:
        raise DomainError("POINTS_OFF", _("The club gives nothing for points at the moment."))
    if points < programme.least_spent:
        least = _("At least %(num)s points.", num=programme.least_spent)
        raise invalid({"points": least})
    if lock_person(person_id) is None:
        raise not_found(_("There is no such member."))
    if balance_of(person_id) < points:
        raise DomainError("NO_POINTS", _("There are not so many points."))
    club = club_with(club_id)
    today = clock.today(club.zone)
    worth, why = points * programme.worth_minor, _("Points turned into bonus money")
    voucher = give_bonus((club_id, person_id), worth, (today, programme.bonus_days), why, by=by)
    _enter(
        {
            "club_id": club_id,
            "person_id": person_id,
            "kind": PointKind.SPEND,
            "cause": PointCause.BONUS,
            "delta": -points,
            "day": today,
            "source_kind": source,
            "source_id": str(voucher.id),
            "amount_minor": voucher.amount_minor,
            "voucher_id": voucher.id,
        },
        by,
    )
    after = {"points": points, "amount_minor": voucher.amount_minor}
    audit.note("points.spent", "person", person_id, after=after, by=by)
    return voucher


def take_back(
    entry: PointEntry, source: tuple[str, str], *, by: str, part_minor: int | None = None
) -> PointEntry | None:
    """What an earned line gave is gone, or the part that so much money stands for; once a source.

    None when nothing of the line is left to take.
    """
    if entry_of(PointKind.REVERSE, *source) is not None:
        return None
    lock_person(entry.person_id)
    taken, returned = taken_of(entry.id)
    if part_minor is None or not entry.amount_minor:
        points = entry.delta - taken
    else:
        points = to_take_back(entry.delta, entry.amount_minor, returned + part_minor, taken)
    lapsed = entry_of(PointKind.LAPSE, "points", str(entry.id))
    points = min(points, entry.delta - taken + (lapsed.delta if lapsed else 0))
    if points <= 0:
        return None
    return _enter(
        {
            "club_id": entry.club_id,
            "person_id": entry.person_id,
            "kind": PointKind.REVERSE,
            "cause": entry.cause,
            "delta": -points,
            "day": clock.today(club_with(entry.club_id).zone),
            "source_kind": source[0],
            "source_id": source[1],
            "amount_minor": part_minor,
            "of_id": entry.id,
        },
        by,
    )


def lapse(person_id: int, today: date, *, by: str) -> int:
    """What is left of earned lines after their last day is gone; returns how many points."""
    lock_person(person_id)
    rows = {one.id: one for one in lines_of(person_id)}
    gone = lapsing([as_line(one) for one in rows.values()], today)
    for entry_id, points in gone.items():
        entry = rows[entry_id]
        _enter(
            {
                "club_id": entry.club_id,
                "person_id": person_id,
                "kind": PointKind.LAPSE,
                "cause": PointCause.TIME,
                "delta": -points,
                "day": today,
                "source_kind": "points",
                "source_id": str(entry_id),
                "of_id": entry_id,
            },
            by,
        )
    return sum(gone.values())


def _enter(values: dict[str, Any], by: str) -> PointEntry | None:
    entry = PointEntry(at=clock.now(), by=by, **values)
    try:
        with db.session.begin_nested():
            db.session.add(entry)
    except IntegrityError:
        # Another worker has just written the line of this source.
        known = entry_of(values["kind"], values["source_kind"], values["source_id"])
        if known is None:
            raise
        return None
    return entry
