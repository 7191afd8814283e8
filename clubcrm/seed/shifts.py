"""The tills of the demo clubs: a shift a day at desk and bar, counted at night; today's is open."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from clubcrm.core.clubs import Club, ClubSetting
from clubcrm.core.db import Unit
from clubcrm.seed.bar_moves import BAR
from clubcrm.seed.bar_shifts import BAR_TILL, Counter, keep_bar_shifts
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import public_id
from memberships.billing.models import Payment, Refund
from memberships.tills.counting import canonical, seal
from memberships.tills.models import (
    AccountLimit,
    ReportKind,
    Shift,
    ShiftLine,
    ShiftMove,
    ShiftReport,
    ShiftState,
    Till,
)
from memberships.tills.queries import moved_in
from memberships.tills.rules import Counted, closed_figures, expected_by_tender, shift_figures
from memberships.tills.tenders import COUNTER_TENDERS, Tender

DAYS = 14
FLOAT_UNITS = 4


def keep_shifts(ground: Ground, unit: Unit) -> None:
    """Each club has its tills and their shifts, with what was really taken."""
    for place, club_id in enumerate(ground.club_ids):
        with unit() as session:
            _Keeper(ground, place, club_id, session).keep()


class _Keeper:
    def __init__(self, ground: Ground, place: int, club_id: int, session: Session) -> None:
        self.ground, self.place, self.club_id, self.session = ground, place, club_id, session
        self.club = session.get_one(Club, club_id)
        self.zone = ZoneInfo(self.club.zone)
        self.by = ground.actor("desk")
        self.unit = ground.calendars[place].town.unit_price_minor
        self.x_numbers = self.z_numbers = 0

    def keep(self) -> None:
        desk = self._till("Desk")
        counter = Counter(self.club, self._till(BAR_TILL), FLOAT_UNITS * self.unit // 10)
        self._settings()
        keep_bar_shifts(self.ground, self.session, counter)
        last = self.ground.order.last_day
        for back in range(DAYS, -1, -1):
            self._shift(desk, last - timedelta(days=back), is_open=back == 0)

    def _till(self, name: str) -> int:
        till = Till(
            public_id=public_id(self.ground.order.chance("till", self.place, name)),
            club_id=self.club_id,
            name=name,
            created_at=self.ground.order.moment - timedelta(days=400),
        )
        self.session.add(till)
        self.session.flush()
        return till.id

    def _settings(self) -> None:
        at = self.ground.order.moment - timedelta(days=400)
        value = {
            "cash_needs_shift": False,
            "account_limit_minor": self.unit,
            "account_days": 14,
        }
        self.session.add(ClubSetting(club_id=self.club_id, name="till", value=value, changed_at=at))
        first = next(
            (
                person
                for person, life in zip(self.ground.person_ids, self.ground.lives, strict=True)
                if life.town == self.place
            ),
            None,
        )
        if first is not None:
            self.session.add(
                AccountLimit(
                    person_id=first,
                    club_id=self.club_id,
                    limit_minor=2 * self.unit,
                    set_by=self.ground.actor("manager"),
                    set_at=at,
                )
            )

    def _shift(self, till_id: int, day: date, *, is_open: bool) -> None:
        opens = self._at(day, 6)
        if opens >= self.ground.order.moment:
            return
        float_minor = FLOAT_UNITS * self.unit // 10
        key = self.ground.order.chance("shift", self.place, day.isoformat())
        shift = Shift(
            public_id=public_id(key),
            club_id=self.club_id,
            till_id=till_id,
            opened_by=self.by,
            opened_at=opens,
            float_minor=float_minor,
            currency=self.club.currency,
            lines=0,
        )
        self.session.add(shift)
        self.session.flush()
        lines = self._lines(shift.id, day, (opens, float_minor))
        self.session.execute(insert(ShiftLine), lines)
        shift.lines = len(lines)
        self.session.flush()
        moved = moved_in(shift.id)
        if is_open or day.weekday() == 4:
            self.x_numbers += 1
            at = min(self._at(day, 14), self.ground.order.moment)
            self._report(shift, (ReportKind.X, self.x_numbers), shift_figures(moved), at)
        if not is_open:
            self._close(shift, self._at(day, 22), expected_by_tender(moved)[Tender.CASH])

    def _close(self, shift: Shift, at: datetime, cash_minor: int) -> None:
        moved = moved_in(shift.id)
        card = expected_by_tender(moved).get(Tender.CARD_TERMINAL, 0)
        counted = Counted(cash_minor=cash_minor, card_minor=card)
        self.z_numbers += 1
        figures = closed_figures(moved, counted, Tender.CARD_TERMINAL)
        self._report(shift, (ReportKind.Z, self.z_numbers), figures, at)
        self.session.execute(
            update(Shift)
            .where(Shift.id == shift.id)
            .values(
                state=ShiftState.CLOSED,
                closed_by=self.by,
                closed_at=at,
                expected_minor=cash_minor,
                counted_minor=cash_minor,
            )
        )

    def _lines(
        self, shift_id: int, day: date, opened: tuple[datetime, int]
    ) -> Sequence[dict[str, Any]]:
        common = {"shift_id": shift_id, "by": self.by, "payment_id": None, "refund_id": None}
        lines = [
            common
            | {
                "kind": ShiftMove.FLOAT,
                "tender": Tender.CASH,
                "amount_minor": opened[1],
                "at": opened[0],
            }
        ]
        taken = self.session.execute(
            select(Payment.id, Payment.tender, Payment.amount_minor, Payment.taken_at)
            .where(
                Payment.club_id == self.club_id,
                Payment.taken_on == day,
                Payment.tender.in_(COUNTER_TENDERS),
                Payment.taken_by.like("user:%"),
                Payment.source_kind != BAR,
            )
            .order_by(Payment.id)
        )
        for payment_id, tender, amount, at in taken:
            lines.append(
                common
                | {
                    "kind": ShiftMove.PAYMENT,
                    "tender": tender,
                    "amount_minor": amount,
                    "payment_id": payment_id,
                    "at": at,
                }
            )
        back = self.session.execute(
            select(Refund.id, Refund.tender, Refund.amount_minor, Refund.at)
            .join(Payment, Payment.id == Refund.payment_id)
            .where(
                Payment.source_kind != BAR,
                Refund.club_id == self.club_id,
                Refund.refunded_on == day,
                Refund.tender.in_(COUNTER_TENDERS),
            )
            .order_by(Refund.id)
        )
        for refund_id, tender, amount, at in back:
            lines.append(
                common
                | {
                    "kind": ShiftMove.REFUND,
                    "tender": tender,
                    "amount_minor": -amount,
                    "refund_id": refund_id,
                    "at": at,
                }
            )
        return lines

    def _report(
        self, shift: Shift, named: tuple[ReportKind, int], figures: dict[str, Any], at: datetime
    ) -> None:
        kind, number = named
        told = canonical(
            {
                "till": "Desk",
                "shift": shift.public_id,
                "currency": shift.currency,
                "kind": kind.value,
                "number": number,
                "opened_at": shift.opened_at.isoformat(),
                "opened_by": shift.opened_by,
                "float": shift.float_minor,
                **figures,
            }
        )
        key = self.ground.order.chance("shift-report", self.place, kind.value, number)
        self.session.add(
            ShiftReport(
                public_id=public_id(key),
                till_id=shift.till_id,
                shift_id=shift.id,
                kind=kind,
                number=number,
                figures=told,
                sha256=seal(told),
                at=at,
                by=self.by,
            )
        )
        self.session.flush()

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), self.zone).astimezone(UTC)
