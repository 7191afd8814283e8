"""Verbs of sessions: plan, log, confirm, cancel, take back.

The unit is drawn by the guarded update of the packages; what it was paid for is kept with the
session, so that pay and revenue need no second calculation.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import current_app
from flask_babel import gettext as _

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.states import move
from clubcrm.core.text import ascii_digits, clean
from memberships.events import SessionLogged, SessionReversed
from memberships.packages.offers import PackageRow, package_by_lot, usable
from memberships.packages.services import return_visit, use_visit
from memberships.packages.terms import Service
from memberships.trainers.models import SessionShare, SessionSignature, TrainerSession
from memberships.trainers.queries import came_on, public_id_of
from memberships.trainers.rules import (
    HELD,
    MOST_CODE_TRIES,
    SESSION_MOVES,
    Confirmation,
    SessionState,
    cancelled_as,
    client_code,
    confirmed_by,
    costs_unit,
    is_signature,
)

SOURCE = "session"
FURTHEST_BACK = timedelta(days=62)
FURTHEST_AHEAD = timedelta(days=366)
EARLY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Appointment:
    """Who meets whom when; without a lot the units that end first are used."""

    club_id: int
    person_id: int
    trainer_id: int | None
    held_at: datetime
    service: Service | None = None
    lot_id: int | None = None
    minutes: int = 60
    heads: int = 1


@dataclass(frozen=True, slots=True)
class Proof:
    """What the client gave to show that he was there."""

    code: str = ""
    signature: str = ""


NO_PROOF = Proof()


def plan_session(asked: Appointment, *, by: str) -> TrainerSession:
    """The appointment stands in the trainer's day; no unit is used yet."""
    moment = clock.now()
    if not moment - FURTHEST_BACK <= asked.held_at <= moment + FURTHEST_AHEAD:
        raise invalid({"held_at": _("Choose a time within the coming year.")})
    if not 1 <= asked.heads <= 50 or not 5 <= asked.minutes <= 600:
        raise invalid({"heads": _("Expected at least one person and five minutes.")})
    club = db.session.get_one(Club, asked.club_id)
    day = clock.local_day(asked.held_at, club.zone)
    session = TrainerSession(
        club_id=asked.club_id,
        person_id=asked.person_id,
        trainer_id=asked.trainer_id,
        lot_id=asked.lot_id,
        service=asked.service or _service_of(asked, day),
        state=SessionState.PLANNED,
        held_at=asked.held_at,
        held_on=day,
        minutes=asked.minutes,
        heads=asked.heads,
        currency=club.currency,
        created_by=by,
    )
    db.session.add(session)
    db.session.flush()
    audit.note("session.planned", SOURCE, session.id, after=_as_kept(session), by=by)
    return session


def log_session(
    asked: Appointment, outcome: SessionState, *, by: str, proof: Proof = NO_PROOF
) -> TrainerSession:
    """The session is on record with its outcome, and its unit is used if the terms say so.

    Raises NO_UNITS with the balance when the package is used up, and keeps nothing then.
    """
    if outcome in HELD:
        _check_units(asked)
    session = plan_session(asked, by=by)
    return settle_session(session, outcome, by=by, proof=proof)


def settle_session(
    session: TrainerSession, outcome: SessionState, *, by: str, proof: Proof = NO_PROOF
) -> TrainerSession:
    """A planned session has its outcome; of the packages with units the next to end is used."""
    moment = clock.now()
    if outcome not in HELD:
        raise invalid({"outcome": _("Choose complete, no show or late cancel.")})
    if outcome is not SessionState.LATE_CANCEL and session.held_at > moment + EARLY:
        raise invalid({"held_at": _("This session has not been held yet.")})
    if session.held_at < moment - FURTHEST_BACK:
        raise invalid({"held_at": _("This lies too far back to be logged.")})
    move(session, outcome, moves=SESSION_MOVES, by=by)
    package = _draw(session, outcome, moment, by)
    session.lot_id, session.service = package.lot_id, package.terms.service
    session.logged_at, session.logged_by = moment, by
    if outcome is SessionState.COMPLETE:
        _confirm(session, proof)
    db.session.flush()
    audit.note("session.logged", SOURCE, session.id, after=_as_kept(session), by=by)
    events.record(
        SessionLogged(
            session.club_id, session.held_at, session.id, session.person_id, outcome.value
        )
    )
    return session


def cancel_planned(session: TrainerSession, *, by: str, why: str = "") -> TrainerSession:
    """The planned session is off: free of charge in time, by the plan's rule when late."""
    package = _package_of(session)
    hours = package.terms.late_cancel_hours if package else 24
    outcome = cancelled_as(clock.now(), session.held_at, hours)
    if outcome is SessionState.LATE_CANCEL and package is not None:
        return settle_session(session, outcome, by=by)
    reason = clean(why, "why", longest=300)
    move(session, SessionState.CANCELLED, moves=SESSION_MOVES, by=by, why=reason)
    session.logged_at, session.logged_by = clock.now(), by
    db.session.flush()
    audit.note("session.cancelled", SOURCE, session.id, after=_as_kept(session), by=by)
    return session


def confirm_session(session: TrainerSession, proof: Proof, *, by: str) -> Confirmation:
    """The session carries the client's proof, if it is good; wrong codes are counted and kept."""
    if session.state is not SessionState.COMPLETE:
        raise DomainError("STATE", _("Only a session that was held can be confirmed."))
    before = session.confirmation
    _confirm(session, proof)
    db.session.flush()
    if session.confirmation is not before:
        after = {"confirmation": session.confirmation.value}
        audit.note("session.confirmed", SOURCE, session.id, after=after, by=by)
    return session.confirmation


def reverse_session(session: TrainerSession, reason: str, *, by: str) -> None:
    """The session never counted: its unit is back by a line that names the old one."""
    why = clean(reason, "reason", longest=300)
    if not why:
        raise invalid({"reason": _("Say why.")})
    before = _as_kept(session)
    move(session, SessionState.REVERSED, moves=SESSION_MOVES, by=by, why=why)
    moment = clock.now()
    session.reversed_at, session.reversed_by, session.reversal_reason = moment, by, why
    if session.used_unit:
        return_visit(SOURCE, session.public_id, moment, by, why)
        session = db.session.get_one(TrainerSession, session.id)
    db.session.flush()
    audit.note(
        "session.reversed", SOURCE, session.id, before=before, after=_as_kept(session), by=by
    )
    events.record(SessionReversed(session.club_id, moment, session.id, session.person_id))


def split_session(session: TrainerSession, shares: dict[int, int], *, by: str) -> None:
    """The session's pay is divided between these trainers in basis points that sum to 10,000."""
    if sum(shares.values()) != 10_000 or min(shares.values(), default=0) <= 0:
        raise invalid({"shares": _("The shares must sum to 100 percent.")})
    held = {one.trainer_id: one for one in _shares(session.id)}
    for trainer_id in held.keys() - shares.keys():
        db.session.delete(held[trainer_id])
    for trainer_id, share in shares.items():
        if trainer_id in held:
            held[trainer_id].share_bp = share
        else:
            db.session.add(
                SessionShare(session_id=session.id, trainer_id=trainer_id, share_bp=share)
            )
    db.session.flush()
    audit.note(
        "session.split",
        SOURCE,
        session.id,
        after={str(trainer): share for trainer, share in shares.items()},
        by=by,
    )


def code_today(person_public_id: str, zone: str) -> str:
    """Return the digits that this client says to his trainer today."""
    return client_code(_key(), person_public_id, clock.today(zone))


def _shares(session_id: int) -> list[SessionShare]:
    return list(db.session.query(SessionShare).filter_by(session_id=session_id))


def _confirm(session: TrainerSession, proof: Proof) -> None:
    code = ascii_digits(proof.code).strip()
    fits = bool(code) and session.code_tries < MOST_CODE_TRIES and _fits(session, code)
    if code and not fits:
        session.code_tries += 1
    if proof.signature and not is_signature(proof.signature):
        raise invalid({"signature": _("This is not a drawn signature.")})
    found = confirmed_by(
        scanned=came_on(session.person_id, session.held_on),
        code_fits=fits,
        signed=bool(proof.signature),
    )
    if found is not Confirmation.UNCONFIRMED:
        session.confirmation = found
    if proof.signature and db.session.get(SessionSignature, session.id) is None:
        db.session.add(SessionSignature(session_id=session.id, strokes=proof.signature))


def _fits(session: TrainerSession, code: str) -> bool:
    return code == client_code(_key(), public_id_of(session.person_id), session.held_on)


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])


def _draw(session: TrainerSession, outcome: SessionState, moment: datetime, by: str) -> PackageRow:
    """Use one unit of the first package that has one; returns the package that counts."""
    packages = _packages(session)
    for package in packages:
        if not costs_unit(outcome, package.terms):
            return package
        drawn = use_visit(
            package.lot_id, SOURCE, session.public_id, moment, by, package.terms.low_mark
        )
        if drawn:
            after = package_by_lot(package.lot_id)
            left = after.remaining if after else 0
            session.used_unit = True
            session.value_minor = package.paid.next_value(left + 1).amount_minor
            return package
    raise _no_units()


def _check_units(asked: Appointment) -> None:
    # Who comes too late learns it by one look; who wins is decided by the guarded update alone.
    zone = db.session.get_one(Club, asked.club_id).zone
    day = clock.local_day(asked.held_at, zone)
    found = usable(asked.person_id, day, asked.trainer_id, lock=True)
    if not any(_fits_order(row, asked.lot_id, asked.service) for row in found):
        raise _no_units()


def _fits_order(row: PackageRow, lot_id: int | None, service: Service | None) -> bool:
    if lot_id is not None:
        return row.lot_id == lot_id
    return service is None or row.terms.service is service


def _no_units() -> DomainError:
    return DomainError("NO_UNITS", _("No unit is left for this."), extra={"balance": 0})


def _packages(session: TrainerSession) -> list[PackageRow]:
    found = usable(session.person_id, session.held_on, session.trainer_id)
    return [row for row in found if _fits_order(row, session.lot_id, session.service)]


def _package_of(session: TrainerSession) -> PackageRow | None:
    return next(iter(_packages(session)), None)


def _service_of(asked: Appointment, day: date) -> Service:
    if asked.lot_id is not None:
        package = package_by_lot(asked.lot_id)
        if package is None:
            raise not_found(_("There is no such package."))
        return package.terms.service
    found = usable(asked.person_id, day, asked.trainer_id)
    return found[0].terms.service if found else Service.PERSONAL


def _as_kept(session: TrainerSession) -> dict[str, object]:
    return {
        "state": session.state.value,
        "person_id": session.person_id,
        "trainer_id": session.trainer_id,
        "lot_id": session.lot_id,
        "held_at": session.held_at.isoformat(),
        "used_unit": session.used_unit,
        "confirmation": session.confirmation.value if session.confirmation else None,
    }
