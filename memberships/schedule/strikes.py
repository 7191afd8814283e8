"""Services room: what a missed class brings, the member's objection, and the excuse of staff."""

from flask_babel import gettext as _

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.states import Moves, move
from clubcrm.core.text import clean
from memberships.billing.credits import credit
from memberships.billing.orders import CreditOrder, InvoiceOrder, LineKind, LineOrder
from memberships.billing.services import issue
from memberships.packages.models import VISIT_SERVICE
from memberships.packages.queries import open_lots
from memberships.packages.rules import pick_lot
from memberships.packages.services import return_visit, use_visit
from memberships.schedule.events import BookingMissed
from memberships.schedule.models import Booking, ClassSession, Strike
from memberships.schedule.reads import invoice_of
from memberships.schedule.rules.strikes import Miss, Penalty, PenaltyRule, StrikeState
from memberships.schedule.units import give_back, settle_miss

STRIKE_MOVES: Moves = {
    StrikeState.STANDS: frozenset({StrikeState.APPEALED, StrikeState.EXCUSED}),
    StrikeState.APPEALED: frozenset({StrikeState.EXCUSED, StrikeState.UPHELD}),
    StrikeState.UPHELD: frozenset({StrikeState.EXCUSED}),
    StrikeState.EXCUSED: frozenset(),
}
SOURCE = "strike"


def give_strike(
    booking: Booking, session: ClassSession, miss: Miss, rule: PenaltyRule, *, by: str
) -> Strike | None:
    """The consequence of the rule stands against the person; None when the rule asks for none.

    One missed class brings one consequence, however often it is told. Units that paid for the
    place stay used or come back by their own rule, and a lost unit is never taken twice.
    """
    penalty = rule.penalty(miss)
    keeps_units = settle_miss(booking, miss, penalty, by=by)
    if penalty is Penalty.NOTHING or booking.penalty_free:
        return None
    club = db.session.get_one(Club, session.club_id)
    strike = Strike(
        booking_id=booking.id,
        club_id=session.club_id,
        person_id=booking.person_id,
        miss=miss,
        penalty=penalty,
        fee_minor=rule.fee_minor if penalty is Penalty.FEE else 0,
        currency=club.currency,
        day=session.day,
    )
    db.session.add(strike)
    db.session.flush()
    if penalty is Penalty.UNIT and not keeps_units:
        _take_unit(strike, session, by)
    if penalty is Penalty.FEE:
        _charge_fee(strike, by)
    kept = {"miss": miss.value, "penalty": penalty.value, "fee_minor": strike.fee_minor}
    audit.note("strike.given", "strike", strike.id, after=kept, by=by)
    events.record(
        BookingMissed(
            session.club_id, clock.now(), booking.id, booking.person_id, miss.value, penalty.value
        )
    )
    return strike


def _take_unit(strike: Strike, session: ClassSession, by: str) -> None:
    lot = pick_lot(open_lots(strike.person_id, VISIT_SERVICE, session.day), session.day)
    drawn = lot is not None and use_visit(lot.lot_id, SOURCE, strike.public_id, clock.now(), by)
    if not drawn:
        # Who has no unit to lose is not let off: it counts as a strike instead.
        strike.penalty = Penalty.STRIKE
        db.session.flush()


def _charge_fee(strike: Strike, by: str) -> None:
    words = {
        Miss.LATE_CANCEL: _("Class cancelled late, %(day)s"),
        Miss.NO_SHOW: _("Class missed, %(day)s"),
    }
    text = words[strike.miss] % {"day": strike.day.isoformat()}
    issue(
        InvoiceOrder(
            club_id=strike.club_id,
            payer_id=strike.person_id,
            person_id=strike.person_id,
            lines=[LineOrder(text, LineKind.PENALTY, strike.fee_minor)],
            source_kind=SOURCE,
            source_id=strike.public_id,
        ),
        by=by,
    )


def appeal(strike: Strike, words: str, *, by: str) -> None:
    """The member objects in his own words, and staff will look at it; raises INVALID_INPUT."""
    said = clean(words, "appeal", longest=500)
    if not said:
        raise invalid({"appeal": _("Say why.")})
    move(strike, StrikeState.APPEALED, moves=STRIKE_MOVES, by=by)
    strike.appeal = said
    audit.note("strike.appealed", "strike", strike.id, by=by)


def excuse(strike: Strike, why: str, *, by: str, came: bool = False) -> None:
    """The consequence is taken back: the strike no longer counts, unit or fee are given back.

    Units that paid for the place come back too, unless the person came after all.
    """
    _decide(strike, StrikeState.EXCUSED, why, by)
    if not came:
        give_back(db.session.get_one(Booking, strike.booking_id), by=by, why=why)
    if strike.penalty is Penalty.UNIT:
        return_visit(SOURCE, strike.public_id, clock.now(), by, why[:300])
    invoice_id = invoice_of(SOURCE, strike.public_id)
    if invoice_id is not None:
        credit(CreditOrder(invoice_id, why[:300], f"{SOURCE}:{strike.public_id}"), by=by)


def uphold(strike: Strike, why: str, *, by: str) -> None:
    """Staff looked at the objection and the consequence stands, with an answer."""
    _decide(strike, StrikeState.UPHELD, why, by)


def _decide(strike: Strike, state: StrikeState, why: str, by: str) -> None:
    answer = clean(why, "answer", longest=500)
    if not answer:
        raise invalid({"answer": _("Say why.")})
    move(strike, state, moves=STRIKE_MOVES, by=by, why=answer[:300])
    strike.answer, strike.decided_by = answer, by
    db.session.flush()
    audit.note(f"strike.{state.value}", "strike", strike.id, by=by)
