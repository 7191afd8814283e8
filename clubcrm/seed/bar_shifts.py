"""The shifts of a demo bar: one a day as long as it has sold, counted at night; today's is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from clubcrm.core.clubs import Club
from clubcrm.seed.bar_moves import line_of, moves_of, summed
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import public_id
from clubcrm.seed.slate import Row, Slate
from memberships.tills.counting import canonical, seal
from memberships.tills.models import (
    ReportKind,
    Shift,
    ShiftLine,
    ShiftMove,
    ShiftReport,
    ShiftState,
)
from memberships.tills.rules import (
    Counted,
    closed_figures,
    expected_by_tender,
    shift_figures,
)
from memberships.tills.tenders import Tender

BAR_TILL = "Bar"
OPENS, COUNTED_AT = time(6, 30), time(21, 30)


@dataclass(frozen=True, slots=True)
class Counter:
    """A bar's till and the cash with which each day begins."""

    club: Club
    till_id: int
    float_minor: int


def keep_bar_shifts(ground: Ground, session: Session, counter: Counter) -> None:
    """Everything the bar took or gave back stands in the shift of its day."""
    _Keeper(ground, session, counter).keep()


class _Keeper:
    def __init__(self, ground: Ground, session: Session, counter: Counter) -> None:
        self.ground, self.session, self.counter = ground, session, counter
        self.club, self.slate = counter.club, Slate(session)
        self.zone = ZoneInfo(self.club.zone)
        self.by = ground.actor("barista")
        self.chance = ground.order.chance("bar-shifts", self.club.id)
        self.numbers = dict.fromkeys(ReportKind, 0)
        shift, line = Shift.__table__, ShiftLine.__table__
        assert isinstance(shift, Table) and isinstance(line, Table)  # noqa: S101, PT018 - narrows
        self.open, self.move = insert(shift).returning(shift.c.id), insert(line)
        self.shut = (
            update(shift)
            .where(shift.c.id == bindparam("key"))
            .values(
                state=ShiftState.CLOSED,
                closed_by=self.by,
                closed_at=bindparam("at"),
                expected_minor=bindparam("cash"),
                counted_minor=bindparam("cash"),
            )
        )

    def keep(self) -> None:
        today = self.ground.order.moment.astimezone(self.zone).date()
        for day, moves in groupby(
            moves_of(self.session, self.club.id, self.by), key=lambda one: one[0]
        ):
            self._shift(day, [row for _day, row in moves], is_open=day == today)
        self.slate.write()

    def _shift(self, day: date, rows: Sequence[Row], *, is_open: bool) -> None:
        opened, float_minor = self._at(day, OPENS), self.counter.float_minor
        shift: Row = {
            "public_id": public_id(self.chance),
            "club_id": self.club.id,
            "till_id": self.counter.till_id,
            "opened_by": self.by,
            "opened_at": opened,
            "float_minor": float_minor,
            "currency": self.club.currency,
            "lines": len(rows) + 1,
        }
        lines = [line_of(ShiftMove.FLOAT, Tender.CASH, float_minor, (opened, self.by)), *rows]
        shift["id"] = key = self.session.scalar(self.open, shift)
        self.session.execute(self.move, [{"shift_id": key, **line} for line in lines])
        moved = summed(lines)
        if is_open:
            at = self.ground.order.moment - timedelta(minutes=10)
            self._report(shift, ReportKind.X, shift_figures(moved), max(at, opened))
            return
        expected, at = expected_by_tender(moved), self._at(day, COUNTED_AT)
        cash = expected[Tender.CASH]
        counted = Counted(cash_minor=cash, card_minor=expected.get(Tender.CARD_TERMINAL, 0))
        figures = closed_figures(moved, counted, Tender.CARD_TERMINAL)
        self._report(shift, ReportKind.Z, figures, at)
        self.session.execute(self.shut, [{"key": key, "at": at, "cash": cash}])

    def _report(self, shift: Row, kind: ReportKind, figures: dict[str, Any], at: datetime) -> None:
        self.numbers[kind] += 1
        told = canonical(
            {
                "till": BAR_TILL,
                "shift": shift["public_id"],
                "currency": shift["currency"],
                "kind": kind.value,
                "number": self.numbers[kind],
                "opened_at": shift["opened_at"].isoformat(),
                "opened_by": self.by,
                "float": shift["float_minor"],
                **figures,
            }
        )
        self.slate.add(
            ShiftReport,
            public_id=public_id(self.chance),
            till_id=self.counter.till_id,
            shift_id=shift["id"],
            kind=kind,
            number=self.numbers[kind],
            figures=told,
            sha256=seal(told),
            at=at,
            by=self.by,
        )

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone).astimezone(UTC)
