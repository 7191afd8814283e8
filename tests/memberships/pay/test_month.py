"""A month of a trainer: 38 mixed sessions equal a sheet worked by hand; a closed month stands."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.packages.offers import PackageRow
from memberships.packages.terms import Service
from memberships.pay.invariants import paid_once
from memberships.pay.models import PayLine, PayPeriod, PayRule
from memberships.pay.queries import questions, statement_of, statements
from memberships.pay.rules import PayKind, Rule, Tier, WorkKind
from memberships.pay.services import (
    add_rule,
    answer_question,
    ask_about,
    close_month,
    end_rule,
    reassign_sale,
)
from memberships.trainers.models import TrainerSession
from memberships.trainers.rules import SessionState
from memberships.trainers.services import Appointment, log_session, reverse_session, split_session
from tests.memberships.conftest import SARA
from tests.memberships.packages.shop import TEN_SESSIONS, sell

FIRST = datetime(2026, 10, 1, 6, tzinfo=UTC)
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
TARA = "user:5"
PERSONAL = replace(TEN_SESSIONS, units=20, price_minor=2_000_000, valid_days=None)
DUO = replace(PERSONAL, service=Service.DUO, units=10, price_minor=1_500_000)
GROUP = replace(PERSONAL, service=Service.SMALL_GROUP, units=10, price_minor=400_000)
MASSAGE = replace(PERSONAL, service=Service.MASSAGE, units=3, price_minor=10_000)
pytestmark = pytest.mark.usefixtures("unit", "october")


@pytest.fixture
def october():
    with time_machine.travel(FIRST, tick=False):
        yield


def hold(
    cast,
    package: PackageRow,
    day: int,
    outcome: SessionState = SessionState.COMPLETE,
    heads: int = 1,
) -> TrainerSession:
    """Tara meets Mia on this day of October at noon, and logs it then."""
    at = datetime(2026, 10, day, 6, tzinfo=UTC)
    asked = Appointment(
        cast.club, cast.members["Mia"], cast.users["Tara"], at, lot_id=package.lot_id, heads=heads
    )
    with time_machine.travel(at + timedelta(hours=1), tick=False):
        return log_session(asked, outcome, by=TARA)


def rules_of_the_sheet(cast) -> None:
    tara, since = cast.users["Tara"], date(2026, 1, 1)
    for rule in (
        # Personal: 300, from the 11th 350, from the 16th 400; half when the client did not come.
        Rule(0, PayKind.TIERS, tara, "personal", since, missed_bp=5_000,
             tiers=(Tier(1, 30_000), Tier(11, 35_000), Tier(16, 40_000))),
        # For two: 40 percent of the price of the session until the 15th, then 45.
        Rule(0, PayKind.SHARE_OF_PRICE, tara, "duo", since, date(2026, 10, 15), share_bp=4_000),
        Rule(0, PayKind.SHARE_OF_PRICE, tara, "duo", date(2026, 10, 16), share_bp=4_500),
        # Small group: 120 for each head.
        Rule(0, PayKind.PER_HEAD, tara, "small_group", since, amount_minor=12_000),
        # Everything else, whoever gives it: 50 percent of the price.
        Rule(0, PayKind.SHARE_OF_PRICE, None, None, since, share_bp=5_000),
        # Five percent of what Tara sells, and a salary of 6,200 from the 11th on.
        Rule(0, PayKind.SHARE_OF_SALE, tara, None, since, share_bp=500),
        Rule(0, PayKind.SALARY, tara, None, date(2026, 10, 11), amount_minor=620_000),
    ):  # fmt: skip
        add_rule(cast.club, rule, by="user:1")


def test_a_month_of_38_mixed_sessions_equals_the_sheet(cast):
    """A7.1, worked by hand:

    18 personal held:  10 x 300.00 + 5 x 350.00 + 3 x 400.00             5,950.00
     2 personal missed on the 17th: half of the 16th step's 400.00         400.00
     5 duo until the 15th: 1,500.00 x 40 percent = 600.00 each           3,000.00
     4 duo after:          1,500.00 x 45 percent = 675.00 each           2,700.00
     6 groups of 4, 3, 5, 2, 6, 4 heads = 24 x 120.00                    2,880.00
     3 massages of 100.00 for three: 33.34, 33.33, 33.33 by half:           50.01
       16.67 + 16.67 + 16.67
    of the last group 60 percent only: 480.00 x 40 percent less            -192.00
    salary from the 11th: 6,200.00 x 21 / 31                             4,200.00
    sale of one package for 20,000.00 by Tara, 5 percent                 1,000.00
                                                                        19,988.01
    """
    rules_of_the_sheet(cast)
    personal, duo, group, massage = (sell(cast, one) for one in (PERSONAL, DUO, GROUP, MASSAGE))
    reassign_sale(WorkKind.SALE, personal.lot_id, {cast.users["Tara"]: 10_000}, by="user:1")
    for number in range(16):
        hold(cast, personal, 1 + number % 16)
    for _missed in range(2):
        hold(cast, personal, 17, SessionState.NO_SHOW)
    for day in (18, 19):
        hold(cast, personal, day)
    for day in (2, 5, 9, 12, 15, 16, 20, 24, 28):
        hold(cast, duo, day)
    groups = [
        hold(cast, group, 3 + 4 * place, heads=heads)
        for place, heads in enumerate((4, 3, 5, 2, 6, 4))
    ]
    for day in (7, 14, 21):
        hold(cast, massage, day)
    split_session(groups[-1], {cast.users["Tara"]: 6_000, cast.users["Max"]: 4_000}, by=SARA)
    assert db.session.query(TrainerSession).count() == 38

    found = statement_of(cast.club, cast.users["Tara"], OCTOBER)

    assert found is not None
    by_kind = {
        kind: sum(line.amount_minor for line in found.lines if line.kind is kind)
        for kind in WorkKind
    }
    assert by_kind == {
        WorkKind.SESSION: 595_000 + 40_000 + 300_000 + 270_000 + 288_000 + 5_001 - 19_200,
        WorkKind.SALE: 100_000,
        WorkKind.CONTRACT: 0,
        WorkKind.SALARY: 420_000,
    }
    assert found.total_minor == 1_998_801
    assert len([line for line in found.lines if line.kind is WorkKind.SESSION]) == 38


def per_session(cast) -> None:
    add_rule(
        cast.club,
        Rule(0, PayKind.FIXED, None, None, date(2026, 1, 1), amount_minor=50_000),
        by="user:1",
    )


def total(cast, month: date, name: str = "Tara") -> int:
    found = statement_of(cast.club, cast.users[name], month)
    return found.total_minor if found else 0


def test_after_closing_a_late_session_lands_in_the_next_month(cast):
    """A7.3: October is closed with one session; one of 30 October is logged in November."""
    per_session(cast)
    package = sell(cast, PERSONAL)
    hold(cast, package, 5)
    with time_machine.travel(datetime(2026, 11, 2, 6, tzinfo=UTC), tick=False):
        close_month(cast.club, OCTOBER, by="user:1")
        before = [one.lines for one in statements(cast.club, OCTOBER)]
        late = datetime(2026, 10, 30, 6, tzinfo=UTC)
        log_session(
            Appointment(
                cast.club, cast.members["Mia"], cast.users["Tara"], late, lot_id=package.lot_id
            ),
            SessionState.COMPLETE,
            by=TARA,
        )

    assert [one.lines for one in statements(cast.club, OCTOBER)] == before
    assert (total(cast, OCTOBER), total(cast, NOVEMBER)) == (50_000, 50_000)
    november = statement_of(cast.club, cast.users["Tara"], NOVEMBER)
    assert november is not None
    assert [line.day for line in november.lines] == [date(2026, 10, 30)]


def test_a_session_taken_back_after_closing_is_corrected_in_the_next_month(cast):
    per_session(cast)
    session = hold(cast, sell(cast, PERSONAL), 5)
    with time_machine.travel(datetime(2026, 11, 2, 6, tzinfo=UTC), tick=False):
        close_month(cast.club, OCTOBER, by="user:1")
        reverse_session(session, "Wrong client", by=TARA)
        assert (total(cast, OCTOBER), total(cast, NOVEMBER)) == (50_000, -50_000)
    with time_machine.travel(datetime(2026, 12, 2, 6, tzinfo=UTC), tick=False):
        close_month(cast.club, NOVEMBER, by="user:1")

    assert total(cast, date(2026, 12, 1)) == 0
    assert paid_once() == []
    lines = db.session.query(PayLine).order_by(PayLine.id)
    assert [line.amount_minor for line in lines] == [50_000, -50_000]


def test_a_new_rule_does_not_change_a_closed_month(cast):
    per_session(cast)
    hold(cast, sell(cast, PERSONAL), 5)
    with time_machine.travel(datetime(2026, 11, 2, 6, tzinfo=UTC), tick=False):
        close_month(cast.club, OCTOBER, by="user:1")

    better = Rule(0, PayKind.FIXED, cast.users["Tara"], None, OCTOBER, amount_minor=90_000)
    add_rule(cast.club, better, by="user:1")

    assert (total(cast, OCTOBER), total(cast, NOVEMBER)) == (50_000, 0)


def test_a_month_is_closed_once_and_when_it_is_over(cast):
    with pytest.raises(DomainError, match="NOT_OVER"):
        close_month(cast.club, OCTOBER, by="user:1")
    with time_machine.travel(datetime(2026, 11, 1, 6, tzinfo=UTC), tick=False):
        close_month(cast.club, OCTOBER, by="user:1")
        with pytest.raises(DomainError, match="ALREADY_CLOSED"):
            close_month(cast.club, OCTOBER, by="user:1")


def test_an_ended_rule_pays_no_more(cast):
    per_session(cast)
    package = sell(cast, PERSONAL)
    hold(cast, package, 5)
    hold(cast, package, 20)
    assert total(cast, OCTOBER) == 100_000

    end_rule(db.session.query(PayRule).one(), date(2026, 10, 10), by="user:1")

    assert total(cast, OCTOBER) == 50_000


def test_a_sale_has_one_owner_or_a_stated_split(cast):
    """A7.4: the seller by default; a reassignment is logged and pays nobody twice."""
    rule = Rule(0, PayKind.SHARE_OF_SALE, None, None, date(2026, 1, 1), share_bp=1_000)
    add_rule(cast.club, rule, by="user:1")
    package = sell(cast, PERSONAL)
    assert (total(cast, OCTOBER, "Sara"), total(cast, OCTOBER)) == (200_000, 0)

    shares = {cast.users["Sara"]: 2_500, cast.users["Tara"]: 7_500}
    reassign_sale(WorkKind.SALE, package.lot_id, shares, by="user:1")

    assert (total(cast, OCTOBER, "Sara"), total(cast, OCTOBER)) == (50_000, 150_000)
    line = db.session.query(audit.AuditLine).filter_by(action="sale.reassigned").one()
    assert (line.actor, line.after) == ("user:1", {"3": 2_500, "5": 7_500})
    with pytest.raises(DomainError, match="INVALID_INPUT"):
        reassign_sale(WorkKind.SALE, package.lot_id, {cast.users["Sara"]: 5_000}, by="user:1")


def test_a_trainer_asks_about_own_lines_only(cast):
    per_session(cast)
    session = hold(cast, sell(cast, PERSONAL), 5)
    tara = cast.users["Tara"]

    asked = ask_about(cast.club, tara, OCTOBER, (WorkKind.SESSION, session.id), "Two came")
    with pytest.raises(DomainError, match="NOT_FOUND"):
        ask_about(cast.club, cast.users["Max"], OCTOBER, (WorkKind.SESSION, session.id), "Not mine")
    answer_question(asked, "Paid per session, see the rule", by="user:1")

    (kept,) = questions([cast.club], user_id=tara)
    assert (kept.text, kept.answer) == ("Two came", "Paid per session, see the rule")


def test_the_check_finds_work_paid_twice_and_a_wrong_total(cast):
    per_session(cast)
    session = hold(cast, sell(cast, PERSONAL), 5)
    for month in (11, 12):
        with time_machine.travel(datetime(2026, month, 2, 6, tzinfo=UTC), tick=False):
            period = close_month(cast.club, date(2026, month - 1, 1), by="user:1")
    assert paid_once() == []

    db.session.add(
        PayLine(
            period_id=period.id,
            user_id=cast.users["Tara"],
            kind=WorkKind.SESSION,
            source_id=session.id,
            day=date(2026, 10, 5),
            basis_minor=0,
            share_bp=10_000,
            amount_minor=50_000,
        )
    )
    db.session.flush()

    assert db.session.query(PayPeriod).count() == 2
    assert paid_once() == [
        f"session {session.id}: paid twice to user {cast.users['Tara']}",
        f"pay period {period.id}: 0 kept, lines 50000",
    ]
