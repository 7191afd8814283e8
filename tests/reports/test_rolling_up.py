"""Every night the reports' own tables are those of the contracts; what is sealed stays."""

from contextlib import nullcontext
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.reports.models import MemberSpell, MonthSeal, RenewalDue
from clubcrm.reports.rolling_up import roll_up
from clubcrm.reports.rules.dues import Fate, Way
from memberships.contracts.rules import ContractState
from tests.reports.history import History

pytestmark = pytest.mark.usefixtures("unit")
TODAY = date(2026, 6, 15)


@pytest.fixture
def history(cast) -> History:
    """Return the past of a club that has been with us since 2024."""
    db.session.get_one(Club, cast.club).created_at = datetime(2024, 1, 1, tzinfo=UTC)
    return History(cast)


def night(cast, today: date = TODAY) -> int:
    return roll_up(lambda: nullcontext(db.session()), cast.club, today)


def ends(cast) -> list[tuple[date, Fate, Way | None]]:
    rows = db.session.scalars(
        select(RenewalDue).where(RenewalDue.club_id == cast.club).order_by(RenewalDue.due_on)
    )
    return [(row.due_on, row.fate, row.way) for row in rows]


def test_each_paid_end_has_one_row_with_its_fate(cast, history) -> None:
    history.member("Asha", date(2024, 4, 10), date(2025, 4, 10))
    history.member("Bina", date(2024, 8, 1))

    assert night(cast) == 3

    assert ends(cast) == [
        (date(2025, 4, 9), Fate.RENEWED, Way.LATE),
        (date(2025, 7, 31), Fate.LOST, None),
        (date(2026, 4, 9), Fate.LOST, None),
    ]


def test_second_night_changes_nothing(cast, history) -> None:
    history.member("Asha", date(2024, 4, 10), date(2025, 4, 10))
    night(cast)
    before = ends(cast), db.session.scalars(select(MemberSpell.began_on)).all()

    night(cast)

    assert (ends(cast), db.session.scalars(select(MemberSpell.began_on)).all()) == before


def test_row_keeps_what_the_report_says_by(cast, history) -> None:
    history.member("Asha", date(2025, 4, 10), source="web")

    night(cast)

    row = db.session.scalars(select(RenewalDue)).one()
    assert (row.month, row.term, row.turn, row.plan, row.source, row.price_minor) == (
        date(2026, 4, 1),
        "m12",
        1,
        "Year",
        "web",
        2_400_000,
    )


def test_month_is_sealed_when_its_window_has_passed(cast, history) -> None:
    history.member("Asha", date(2025, 4, 10))
    history.member("Bina", date(2025, 6, 10))

    night(cast)

    seals = db.session.scalars(select(MonthSeal).order_by(MonthSeal.month)).all()
    assert [(one.month, one.due, one.renewed) for one in seals] == [(date(2026, 4, 1), 1, 0)]


def test_sealed_month_stays_as_it_was_told(cast, history) -> None:
    asha = history.member("Asha", date(2025, 4, 10))
    night(cast)

    history.term(asha, date(2026, 4, 20))  # written into the store when the month was told

    night(cast)
    assert ends(cast)[0] == (date(2026, 4, 9), Fate.LOST, None)


def test_month_before_the_club_came_is_told_anew(cast) -> None:
    history = History(cast)
    history.member("Asha", date(2025, 4, 10))
    night(cast)
    history.member("Bina", date(2025, 4, 12))

    night(cast)

    assert [one[0] for one in ends(cast)] == [date(2026, 4, 9), date(2026, 4, 11)]
    assert db.session.scalars(select(MonthSeal)).all() == []


def test_return_after_the_seal_is_told_beside_it(cast, history) -> None:
    asha = history.member("Asha", date(2025, 1, 10))
    night(cast, date(2026, 3, 15))
    history.term(asha, date(2026, 5, 1))

    night(cast)

    row = db.session.scalars(select(RenewalDue).where(RenewalDue.due_on == date(2026, 1, 9))).one()
    assert (row.fate, row.back_on) == (Fate.LOST, date(2026, 5, 1))


def test_void_contract_is_no_end(cast, history) -> None:
    contract = history.term(cast.members["Mia"], date(2025, 6, 1))
    contract.state = ContractState.VOID
    db.session.flush()

    assert night(cast) == 0


def test_running_member_has_an_open_spell(cast, history) -> None:
    history.member("Asha", date(2024, 9, 1), date(2025, 9, 1))

    night(cast)

    spell = db.session.scalars(select(MemberSpell)).one()
    assert (spell.began_on, spell.ended_on, spell.is_final) == (date(2024, 9, 1), None, False)
    assert spell.months == 21
