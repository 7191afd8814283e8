"""Points are a ledger: earned once, spent once, taken back by returns, gone after a last day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from access_control.events import VisitStarted
from bar_inventory.events import SaleReturned
from clubcrm.core.clock import now
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.loyalty import handlers
from clubcrm.loyalty.models import PointEntry
from clubcrm.loyalty.point_queries import balance_of, broken_points, points_of, totals_of
from clubcrm.loyalty.point_services import Earning, earn, give_points, spend
from clubcrm.loyalty.programme import programme_of
from clubcrm.loyalty.rules.points import PointCause, PointKind
from clubcrm.people.api import make_link, merge
from clubcrm.people.models import Person
from memberships.billing.models import Voucher
from memberships.contracts.links import PORTAL_PURPOSE
from memberships.events import ContractCancelled, ContractRenewed
from tests.cast import Cast
from tests.loyalty.conftest import BY, Town, gives, person, somebody

ClientOf = Callable[[str], FlaskClient]
DAY = date(2026, 5, 1)


def visit(town: Town, number: int, day: date = DAY, who: int = 0) -> None:
    with unit_of_work():
        fact = VisitStarted(town.club, now(), number, who or town.mia, day, number)
        handlers.on_visit_started(fact)


def bought(town: Town, number: int, minor: int, points: int) -> None:
    with unit_of_work():
        order = Earning(
            town.club,
            town.mia,
            PointCause.PURCHASE,
            points,
            ("sale", str(number)),
            DAY,
            minor,
        )
        earn(order, by=BY)


def returned(town: Town, sale: int, note: int, minor: int) -> None:
    with unit_of_work():
        handlers.on_sale_returned(SaleReturned(town.club, now(), sale, note, minor, is_void=False))


def holds(person_id: int) -> int:
    with unit_of_work(write=False):
        return balance_of(person_id)


def test_the_first_visit_of_a_day_earns_and_the_same_visit_never_twice(town: Town) -> None:
    visit(town, 1)
    visit(town, 1)
    visit(town, 2)
    visit(town, 3, DAY + timedelta(days=1))

    assert holds(town.mia) == 20
    gives(town.club, collects=False)
    visit(town, 4, DAY + timedelta(days=2))
    assert holds(town.mia) == 20


def test_a_level_adds_to_what_is_earned_but_not_to_what_is_given(town: Town) -> None:
    with unit_of_work():
        give_points(town.club, town.mia, 1000, "For the anniversary", by=BY)
    visit(town, 1)

    with unit_of_work(write=False):
        found = points_of(town.mia, programme_of(town.club), DAY)
        assert (found.balance, found.earned) == (1011, 1011)
        assert (found.level.name, found.above.name, found.to_next) == ("Silver", "Gold", 1989)  # type: ignore[union-attr]
        assert found.lapses == (DAY + timedelta(days=365), 1011)


def test_a_renewal_earns_and_one_that_was_called_off_takes_it_back(town: Town) -> None:
    with unit_of_work():
        handlers.on_contract_renewed(
            ContractRenewed(town.club, now(), 7, town.mia, 6, 1, 1000, DAY, None)
        )
    assert holds(town.mia) == 200

    cancelled = ContractCancelled(
        town.club, now(), 7, town.mia, "other", DAY, None, is_cooling_off=False
    )
    for _twice in range(2):
        with unit_of_work():
            handlers.on_contract_cancelled(cancelled)

    assert holds(town.mia) == 0


def test_a_return_takes_its_points_back_even_after_they_were_spent(town: Town) -> None:
    gives(town.club, least_spent=1)
    bought(town, 1, 100_000, 100)
    with unit_of_work():
        spend(town.club, town.mia, 100, by=BY)
    returned(town, 1, 11, 33_333)
    returned(town, 1, 11, 33_333)
    assert holds(town.mia) == -34
    returned(town, 1, 12, 66_667)
    returned(town, 1, 13, 5_000)

    assert holds(town.mia) == -100
    with pytest.raises(DomainError) as refused, unit_of_work():
        spend(town.club, town.mia, 1, by=BY)
    assert refused.value.code == "NO_POINTS"
    visit(town, 1)
    assert holds(town.mia) == -90
    with unit_of_work(write=False):
        assert broken_points() == []


def test_points_become_bonus_money_of_the_member(town: Town) -> None:
    with unit_of_work():
        give_points(town.club, town.mia, 250, "Sorry for the cold shower", by=BY)
        made = spend(town.club, town.mia, 200, by=BY)
        assert (made.person_id, made.amount_minor, made.kind.value) == (town.mia, 20_000, "bonus")
        assert made.valid_until == DAY + timedelta(days=90)

    assert holds(town.mia) == 50
    with pytest.raises(DomainError) as few, unit_of_work():
        spend(town.club, town.mia, 99, by=BY)
    assert few.value.fields[0].field == "points"
    with unit_of_work(write=False):
        assert totals_of(town.club, DAY) == {"earn": 250, "spend": 200, "held": 50}


def test_two_desks_spend_the_same_points_once(town: Town, app: Flask) -> None:
    with unit_of_work():
        give_points(town.club, town.mia, 150, "For the race", by=BY)
    at_once, results = Barrier(4), list[str]()

    def desk() -> None:
        with app.app_context():
            at_once.wait()
            try:
                with unit_of_work():
                    spend(town.club, town.mia, 100, by=BY)
                results.append("spent")
            except DomainError as error:
                results.append(error.code)

    desks = [Thread(target=desk) for _each in range(4)]
    for one in desks:
        one.start()
    for one in desks:
        one.join()

    assert sorted(results) == ["NO_POINTS", "NO_POINTS", "NO_POINTS", "spent"]
    assert holds(town.mia) == 50
    with unit_of_work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Voucher)) == 1


def test_points_are_gone_after_their_last_day_and_the_oldest_are_spent_first(town: Town) -> None:
    gives(town.club, keeps_days=30, least_spent=1)
    visit(town, 1)
    town.to(DAY + timedelta(days=10))
    visit(town, 2, DAY + timedelta(days=10))
    with unit_of_work():
        spend(town.club, town.mia, 4, by=BY)

    town.to(DAY + timedelta(days=30))
    town.night()
    assert holds(town.mia) == 16
    town.to(DAY + timedelta(days=31))
    town.night()
    town.night()
    assert holds(town.mia) == 10
    town.to(DAY + timedelta(days=41))
    town.night()
    assert holds(town.mia) == 0
    with unit_of_work(write=False) as session:
        lapsed = select(PointEntry.delta).where(PointEntry.kind == PointKind.LAPSE)
        assert session.scalars(lapsed.order_by(PointEntry.id)).all() == [-6, -10]
        assert broken_points() == []


def test_a_merge_never_doubles_the_points_of_a_day(town: Town) -> None:
    double = somebody(town.club, "Mia")
    visit(town, 1)
    visit(town, 2, who=double)
    visit(town, 3, DAY + timedelta(days=1), who=double)
    with unit_of_work():
        merge(person(town.mia), person(double), {}, by=BY)
    assert holds(town.mia) == 30

    town.night()
    town.night()

    assert holds(town.mia) == 20
    with unit_of_work(write=False):
        assert broken_points() == []


def test_the_invariant_finds_lines_that_cannot_be(town: Town) -> None:
    visit(town, 1)
    with unit_of_work() as session:
        first = session.scalars(select(PointEntry.id)).one()
        for number in range(2):
            session.add(
                PointEntry(
                    club_id=town.club,
                    person_id=town.mia,
                    kind=PointKind.REVERSE,
                    cause=PointCause.VISIT,
                    delta=-10,
                    day=DAY,
                    source_kind="planted",
                    source_id=str(number),
                    of_id=first,
                    by=BY,
                )
            )
    with unit_of_work(write=False):
        assert broken_points() == [f"points {first}: more was taken back than came"]


@pytest.fixture
def own(town: Town) -> str:
    """The token of Mia's own page."""
    with unit_of_work():
        ends = datetime(2026, 6, 1, tzinfo=UTC)
        return make_link(town.mia, PORTAL_PURPOSE, expires_at=ends, by=BY)


def test_a_member_sees_and_spends_points_on_the_own_page(town: Town, app: Flask, own: str) -> None:
    with unit_of_work():
        give_points(town.club, town.mia, 150, "Welcome", by=BY)
    mia = app.test_client()
    home = mia.get(f"/my/{own}").get_data(as_text=True)
    assert f"/my/{own}/friends" in home
    assert "150 points" in home
    with unit_of_work():
        db.session.get_one(Person, town.mia).language = "ru"
    home = mia.get(f"/my/{own}").get_data(as_text=True)
    assert "Друзья и баллы" in home
    assert "150 баллов" in home
    with unit_of_work():
        db.session.get_one(Person, town.mia).language = "en"
    made = mia.post(f"/my/{own}/friends/code")
    page = mia.get(f"/my/{own}/friends").get_data(as_text=True)
    assert made.status_code == 303
    assert "/friend/" in page
    assert "You get 14 days and your friend gets" in page

    too_many = mia.post(f"/my/{own}/friends/spend", data={"spent": "151"})
    spent = mia.post(f"/my/{own}/friends/spend", data={"spent": "150"})

    assert (too_many.status_code, spent.status_code) == (409, 303)
    assert "There are not so many points." in too_many.get_data(as_text=True)
    assert holds(town.mia) == 0


def test_the_owner_sets_what_it_is_worth_and_hears_what_is_wrong(
    town: Town, client_of: ClientOf
) -> None:
    olga = client_of("Olga")
    page = olga.get("/settings/loyalty")
    assert "Friends and points" in page.get_data(as_text=True)
    typed = {
        "refers": "y", "host_kind": "bonus", "host": "250.50", "friend_kind": "none", "friend": "",
        "delay_days": "45", "cap": "3", "cap_days": "365", "fresh_days": "14", "bonus_days": "60",
        "collects": "y", "per_visit": "5", "purchase_minor": "", "per_renewal": "100",
        "worth_minor": "0.50", "least_spent": "200", "keeps_days": "365", "warn_days": "14",
        "level_name": ["Blue", "Black"], "level_from": ["0", "500"], "level_percent": ["0", "20"],
    }  # fmt: skip

    wrong = olga.post("/settings/loyalty", data={**typed, "cap": "0"})
    mixed = olga.post("/settings/loyalty", data={**typed, "level_from": ["500", "0"]})
    saved = olga.post("/settings/loyalty", data=typed)

    assert (wrong.status_code, mixed.status_code, saved.status_code) == (400, 400, 303)
    assert "more points than the one below" in mixed.get_data(as_text=True)
    with unit_of_work(write=False):
        kept = programme_of(town.club)
        assert (kept.host.kind.value, kept.host.amount) == ("bonus", 25_050)
        assert (kept.delay_days, kept.purchase_minor, kept.worth_minor) == (45, 0, 50)
        assert (kept.warn_days, kept.waits_for_payment) == (14, False)
        assert [one.name for one in kept.levels] == ["Blue", "Black"]
    assert client_of("Frank").get("/settings/loyalty").status_code == 403


def test_programs_read_give_and_spend_points(town: Town, cast: Cast, client_of: ClientOf) -> None:
    olga, mia = client_of("Olga"), cast.public["Mia"]
    at = f"/api/v1/loyalty/members/{mia}"

    given = olga.post(f"{at}/points", json={"points": 300, "reason": "Anniversary"})
    code = olga.post(f"{at}/code").get_json()["code"]
    spent = olga.post(f"{at}/bonus", json={"points": 100})
    shown = olga.get(at).get_json()

    assert (given.status_code, spent.status_code) == (201, 201)
    assert len(code) == 8
    assert spent.get_json()["amount_minor"] == 10_000
    assert (shown["balance"], shown["level"], len(shown["lines"])) == (200, "Bronze", 2)
    refused = olga.post(f"{at}/host", json={"code": code})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "NO_FRIEND")
    assert olga.get("/api/v1/loyalty/referrals").get_json() == {"items": [], "next": None}
