"""Segments find exactly the people they speak of, on both stores, by one select."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from clubcrm.campaigns.compiling import people_of
from clubcrm.campaigns.jobs import count_segments
from clubcrm.campaigns.models import SegmentCount
from clubcrm.campaigns.rules.tree import Condition, Group, Join, Part
from clubcrm.campaigns.segment_queries import count_people, page_of_people
from clubcrm.campaigns.segment_services import SegmentDraft, make_segment, places_at_fault
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.journeys.facts import refresh_all
from clubcrm.people.models import Channel, Consent, Person, Purpose
from clubcrm.people.rules.trait_kinds import Op, TraitKind
from clubcrm.people.traits import Ground, known_traits
from memberships.billing.orders import PaymentOrder, Tender
from memberships.billing.payments import take_payment
from memberships.packages.models import PackageLot
from tests.cast import Cast, make_member
from tests.journeys.life import freeze, member

TODAY = date(2026, 3, 20)
NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
Finds = Callable[..., list[str]]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def town(app: Flask, cast: Cast) -> Iterator[Ground]:
    """People of many kinds, at noon of a Friday in Dhaka."""
    with time_machine.travel(NOON, tick=False), app.app_context():
        with unit_of_work():
            here = cast.club
            keen = member(here, "Keen", ago(300), [ago(one) for one in range(0, 80, 2)])
            quiet = member(here, "Quiet", ago(340), [ago(40), ago(60)])
            ice = member(here, "Ice", ago(100), [ago(20)])
            freeze(ice, here, ago(5), TODAY + timedelta(days=3))
            member(here, "Past", ago(500), [ago(400)], term=365)
            stranger = make_member("Stranger", club=here, email="s@club.example")
            for name, born in (("Keen", date(2008, 3, 20)), ("Quiet", date(2008, 3, 21))):
                found = db.session.scalars(select(Person).where(Person.given_name == name)).one()
                found.birth_date = born
            db.session.get_one(Person, keen).language = "bn"
            for given in (True, False, True):
                _consent(stranger.id, given=given)
            _consent(quiet, given=True)
            _consent(quiet, given=False)
            pay = PaymentOrder(here, quiet, 150_000, Tender.CASH, "desk", "1")
            take_payment(pay, by="user:1")
            for left, days in ((2, 10), (3, None)):
                db.session.add(
                    PackageLot(
                        club_id=here,
                        person_id=keen,
                        service="training",
                        bought=5,
                        remaining=left,
                        expires_on=TODAY + timedelta(days=days) if days else None,
                    )
                )
        refresh_all(unit_of_work, cast.club, TODAY)
        with unit_of_work(write=False):
            yield Ground(cast.club, TODAY, "Asia/Dhaka", "BDT")


def _consent(person: int, *, given: bool) -> None:
    db.session.add(
        Consent(
            person_id=person,
            channel=Channel.EMAIL,
            purpose=Purpose.MARKETING,
            given=given,
            text_version="1",
            source="desk",
            by="user:1",
            at=NOON,
        )
    )
    db.session.flush()


@pytest.fixture
def finds(town: Ground) -> Finds:
    """Return the first names a rule holds for; Mia, who has done nothing, belongs to the club."""

    def names(*parts: Part, join: Join = Join.ALL) -> list[str]:
        tree = Group(join, parts)
        assert places_at_fault(tree, town.club_id) == {}
        ids = page_of_people(tree, town, None, 100)
        assert count_people(tree, town) == len(ids)
        rows = db.session.scalars(select(Person.given_name).where(Person.id.in_(ids)))
        return sorted(rows)

    return names


def number(trait: str, op: Op, value: int, days: int | None = None) -> Condition:
    return Condition(trait, op, (str(value),), days)


def test_few_visits_count_those_who_never_came(finds: Finds) -> None:
    assert finds(number("visits", Op.AT_LEAST, 10, 28)) == ["Keen"]
    assert finds(number("visits", Op.EQUALS, 14, 28)) == ["Keen"]
    assert finds(number("visits", Op.AT_MOST, 0, 28)) == ["Mia", "Past", "Quiet", "Stranger"]
    assert finds(number("visits", Op.AT_LEAST, 1, 20)) == ["Keen"]
    assert finds(number("visits", Op.AT_LEAST, 1, 21)) == ["Ice", "Keen"]


def test_days_are_told_from_today(finds: Finds) -> None:
    assert finds(Condition("last_visit", Op.WITHIN_LAST, (), 20)) == ["Ice", "Keen"]
    assert finds(Condition("last_visit", Op.WITHIN_LAST, (), 19)) == ["Keen"]
    assert finds(Condition("last_visit", Op.LONGER_AGO, (), 39)) == ["Past", "Quiet"]
    assert finds(Condition("last_visit", Op.LONGER_AGO, (), 40)) == ["Past"]
    assert finds(Condition("last_visit", Op.NOT_WITHIN, (), 40)) == ["Mia", "Past", "Stranger"]
    assert finds(Condition("last_visit", Op.NEVER)) == ["Mia", "Stranger"]
    assert finds(Condition("ends", Op.WITHIN_NEXT, (), 24)) == ["Quiet"]
    assert finds(Condition("ends", Op.WITHIN_NEXT, (), 23)) == []
    assert finds(Condition("joined", Op.BEFORE, (ago(340).isoformat(),))) == ["Past"]
    assert finds(Condition("joined", Op.ON_OR_AFTER, (ago(300).isoformat(),))) == ["Ice", "Keen"]
    made_today = ["Ice", "Keen", "Past", "Quiet", "Stranger"]
    assert finds(Condition("known_since", Op.WITHIN_LAST, (), 1)) == made_today


def test_members_former_members_and_frozen_ones(finds: Finds) -> None:
    assert finds(Condition("member", Op.IS)) == ["Ice", "Keen", "Quiet"]
    assert finds(Condition("former", Op.IS)) == ["Past"]
    assert finds(Condition("frozen", Op.IS)) == ["Ice"]
    assert finds(Condition("member", Op.IS), Condition("frozen", Op.IS_NOT)) == ["Keen", "Quiet"]
    assert finds(Condition("stage", Op.ANY_OF, ("frozen", "lost"))) == ["Ice", "Past"]


def test_groups_nest_with_and_or_and_none(finds: Finds) -> None:
    quiet = number("visits", Op.AT_MOST, 1, 28)
    ends = Condition("ends", Op.WITHIN_NEXT, (), 60)
    iced = Condition("frozen", Op.IS)
    either = Group(Join.ANY, (ends, iced))

    assert finds(quiet, either) == ["Ice", "Quiet"]
    assert finds(quiet, either, Group(Join.NONE, (iced,))) == ["Quiet"]
    assert finds(ends, iced, join=Join.ANY) == ["Ice", "Quiet"]
    assert finds(ends, iced, join=Join.NONE) == ["Keen", "Mia", "Past", "Stranger"]


def test_ages_turn_on_the_birthday_and_unknown_ones_fit_nothing(finds: Finds) -> None:
    assert finds(number("age", Op.AT_LEAST, 18)) == ["Keen"]
    assert finds(number("age", Op.AT_MOST, 17)) == ["Quiet"]
    assert finds(Condition("birthday", Op.IS, (), 1)) == ["Keen"]
    assert finds(Condition("birthday", Op.IS, (), 2)) == ["Keen", "Quiet"]


def test_money_units_language_and_consent(finds: Finds) -> None:
    assert finds(number("paid", Op.AT_LEAST, 150_000, 30)) == ["Quiet"]
    assert finds(number("paid", Op.AT_LEAST, 150_001, 30)) == []
    assert finds(number("units_left", Op.EQUALS, 5)) == ["Keen"]
    assert finds(Condition("units_end", Op.WITHIN_NEXT, (), 10)) == ["Keen"]
    assert finds(Condition("language", Op.ANY_OF, ("bn",))) == ["Keen"]
    assert finds(Condition("news_by", Op.ANY_OF, ("email",))) == ["Stranger"]
    assert "Quiet" in finds(Condition("news_by", Op.NONE_OF, ("email", "sms")))


def test_a_condition_and_its_opposite_are_everybody(town: Ground) -> None:
    traits = known_traits()
    everybody = count_people(Group(Join.ALL, (Condition("visits", Op.AT_LEAST, ("0",), 1),)), town)
    assert everybody == 6

    for trait in traits.values():
        for op in trait.ops:
            values: tuple[str, ...] = ("3",)
            if trait.kind is TraitKind.CHOICE:
                values = ("1", "active", "12", "en", "email")
            elif trait.kind is TraitKind.DAY:
                values = ("2026-01-01",)
            one = Condition(trait.code, op, values, 30)
            parts = [count_people(Group(join, (one,)), town) for join in (Join.ANY, Join.NONE)]
            assert sum(parts) == everybody, (trait.code, op)


def test_a_deep_rule_is_one_select_with_every_value_bound(
    town: Ground, count_selects: list[str]
) -> None:
    evil = "x' OR '1'='1"
    tree = Group(
        Join.ALL,
        (
            Condition("source", Op.ANY_OF, (evil,)),
            Group(Join.ANY, (number("visits", Op.AT_MOST, 3, 90), Condition("frozen", Op.IS))),
            number("visits", Op.AT_LEAST, 1, 90),
        ),
    )
    before = len(count_selects)

    assert count_people(tree, town) == 0

    assert len(count_selects) == before + 1
    told = str(people_of(tree, town, known_traits()).compile(db.engine))
    assert evil not in told
    assert told.count("FROM visit_day") == 1  # asked for twice, joined once


def test_people_of_other_clubs_and_the_nameless_buyer_are_never_in_it(
    app: Flask, cast: Cast, town: Ground
) -> None:
    from_there = Ground(cast.other_club, TODAY, "Europe/Berlin", "EUR")
    all_of_them = Group(Join.ALL, (number("visits", Op.AT_LEAST, 0, 1),))

    assert count_people(all_of_them, from_there) == 1
    assert page_of_people(all_of_them, from_there, None, 5) == [cast.members["Zia"]]


def test_every_night_keeps_a_number_of_the_day(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        member(cast.club, "Keen", ago(300), [ago(1)])
        rule = Group(Join.ALL, (Condition("member", Op.IS),))
        make_segment(cast.club, SegmentDraft("Members", rule), by="user:1")

    for day in (NOON, NOON, NOON + timedelta(days=1)):
        with time_machine.travel(day, tick=False), app.app_context():
            context = JobContext("count-segments", "x", day, cast.club, day.date())
            assert count_segments(context).done == 1

    with app.app_context(), unit_of_work(write=False) as session:
        counts = select(SegmentCount.day, SegmentCount.people).order_by(SegmentCount.day)
        rows = session.execute(counts).all()
        assert [tuple(row) for row in rows] == [(TODAY, 1), (TODAY + timedelta(days=1), 1)]
