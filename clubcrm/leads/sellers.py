"""Services room: who takes the new leads of a club, and whose turn it is."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.accounts.models import User
from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.leads.models import LeadSeller
from clubcrm.leads.queries.surroundings import owners_in, sellers_nobody_asked, zone_of
from clubcrm.leads.rules.owners import Seller, in_turn
from memberships.schedule.rota import away_between


def give_out(club_id: int, language: str, source_id: int | None) -> int | None:
    """Return who gets the club's next lead, whose turn is over with it; None when nobody can."""
    return give_out_many(club_id, [(language, source_id)])[0]


def give_out_many(club_id: int, wanted: Sequence[tuple[str, int | None]]) -> list[int | None]:
    """The same for leads of these languages and sources, one after the other, asked once."""
    if not wanted:
        return []
    _enrol(club_id)
    rows = db.session.scalars(
        select(LeadSeller)
        .where(LeadSeller.club_id == club_id)
        .order_by(LeadSeller.user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    given, turns = in_turn(_standing(club_id, rows), wanted)
    for user_id, turn in turns.items():
        db.session.execute(
            update(LeadSeller)
            .where(LeadSeller.club_id == club_id, LeadSeller.user_id == user_id)
            .values(turn=turn)
        )
    return given


def sellers_of(club_id: int) -> list[tuple[User, LeadSeller | None]]:
    """Return everybody who may own leads of the club, with what he takes, by name."""
    return owners_in(club_id)


def seller_in(club_id: int, public_id: str) -> User:
    """Return who may own leads of the club; raises NOT_FOUND for others."""
    found = next((user for user, _row in sellers_of(club_id) if user.public_id == public_id), None)
    if found is None:
        raise not_found(_("Nobody of that name sells in this club."))
    return found


def choose_seller(club_id: int, chosen: Seller, *, by: str) -> None:
    """The person takes new leads of these languages and sources, or none at all."""
    row = db.session.get(LeadSeller, (club_id, chosen.user_id))
    if row is None:
        row = LeadSeller(club_id=club_id, user_id=chosen.user_id)
        db.session.add(row)
    before = _told(row)
    row.takes = chosen.takes
    row.languages = sorted(chosen.languages)
    row.source_ids = sorted(chosen.source_ids)
    db.session.flush()
    audit.note("lead_seller.chosen", "user", chosen.user_id, before=before, after=_told(row), by=by)


def _told(row: LeadSeller) -> dict[str, Any]:
    return {"takes": row.takes, "languages": row.languages, "sources": row.source_ids}


def _enrol(club_id: int) -> None:
    """Sellers whom nobody has asked about take everything, in the order they began here."""
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    blank = {"club_id": club_id, "takes": True, "languages": [], "source_ids": [], "turn": 0}
    for user_id in sellers_nobody_asked(club_id):
        # Two leads may come in at once on a club's first day.
        row = make(LeadSeller).values({**blank, "user_id": user_id})
        db.session.execute(row.on_conflict_do_nothing())


def _standing(club_id: int, rows: Sequence[LeadSeller]) -> list[Seller]:
    away = _away(clock.today(zone_of(club_id)))
    working = {user.id for user, _row in owners_in(club_id)}
    return [
        Seller(
            row.user_id,
            row.turn,
            row.takes and row.user_id in working,
            row.user_id in away,
            frozenset(row.languages),
            frozenset(row.source_ids),
        )
        for row in rows
    ]


def _away(day: date) -> set[int]:
    return {one.user_id for one in away_between(day, day)}
