"""Nightly facts by set-based statements say the same as the pure rules, on both stores."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.journeys.definitions import current_settings, save_version
from clubcrm.journeys.facts import refresh_facts
from clubcrm.journeys.models import MemberFacts, StageChange
from clubcrm.journeys.queries import member_days
from clubcrm.journeys.rules.rhythm import (
    alarm_day,
    d_star,
    is_slumping,
    rhythm_of,
    risk_score,
)
from clubcrm.journeys.rules.stages import Stage
from memberships.contracts.rules import PlanKind
from tests.cast import Cast, make_member
from tests.journeys.life import came, close_club, freeze, make_plan, member, sign

pytestmark = pytest.mark.usefixtures("unit")
TODAY = date(2026, 3, 20)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def facts_of(person: int) -> MemberFacts:
    return db.session.get_one(MemberFacts, person)


def refresh(club: int, day: date = TODAY) -> int:
    return refresh_facts(db.session(), club, day)


def test_facts_of_a_daily_visitor_who_fell_silent(cast: Cast) -> None:
    person = member(cast.club, "Rana", ago(60), [ago(n) for n in range(10, 40)])

    refresh(cast.club)

    facts = facts_of(person)
    assert (facts.last_visit_on, facts.visits, facts.silent_days) == (ago(10), 30, 10)
    assert (facts.v7, facts.v14, facts.v28, facts.baseline_visits) == (0, 4, 18, 12)
    assert (facts.gap_span, facts.gap_count, facts.d_star) == (29, 29, 9)
    assert facts.silence_alarm_on == ago(1)
    assert facts.score == pytest.approx(-1.3968, abs=1e-4)
    assert (facts.stage, facts.at_risk_since) == (Stage.AT_RISK, ago(1))


def test_member_never_seen_is_among_the_facts(cast: Cast) -> None:
    person = member(cast.club, "Nila", ago(7))

    refresh(cast.club)

    facts = facts_of(person)
    assert (facts.last_visit_on, facts.visits, facts.silent_days) == (None, 0, 7)
    assert (facts.is_onboarding, facts.cycle_no, facts.d_star) == (True, 1, 7)
    assert facts.silence_alarm_on == TODAY


def test_random_members_equal_the_pure_rules(cast: Cast) -> None:
    """Three hundred lives with holidays and freezes, by statements and by the rules."""
    chance = Random(4)
    close_club(cast.club, [ago(chance.randrange(300)) for _ in range(15)])
    joined: dict[int, date] = {}
    for number in range(300):
        first = ago(chance.randrange(0, 400))
        gap = chance.choice((1, 2, 3, 5, 9))
        stop = chance.randrange(0, 60)
        days = [ago(n) for n in range(stop, (TODAY - first).days + 3) if chance.random() < 1 / gap]
        person = member(cast.club, f"Person {number}", first, days, term=500)
        joined[person] = first
        if number % 4 == 0:
            begin = chance.randrange(0, 150)
            length = chance.randrange(1, 60)
            freeze(person, cast.club, ago(begin), min(TODAY, ago(begin - length)))

    assert refresh(cast.club) == 300
    expected = member_days(db.session(), joined, cast.club, "Asia/Dhaka", TODAY)
    for person, days_of in expected.items():
        rhythm = rhythm_of(days_of, TODAY)
        facts = facts_of(person)
        assert (
            facts.last_visit_on,
            facts.visits,
            facts.silent_days,
            (facts.v7, facts.v14, facts.v28, facts.baseline_visits),
            (facts.gap_span, facts.gap_count),
            facts.tenure,
            facts.d_star,
            facts.silence_alarm_on,
            facts.slump_alarm_on,
        ) == (
            rhythm.last_visit_on,
            rhythm.visits,
            rhythm.silent_days,
            (rhythm.v7, rhythm.v14, rhythm.v28, rhythm.baseline_visits),
            (rhythm.gap_span, rhythm.gap_count),
            rhythm.tenure,
            d_star(rhythm),
            alarm_day(days_of, rhythm, TODAY),
            TODAY if is_slumping(rhythm) else None,
        ), days_of
        assert facts.score == pytest.approx(risk_score(rhythm))


def test_second_run_for_the_same_day_changes_nothing(cast: Cast) -> None:
    for gap in range(1, 9):
        member(cast.club, f"P{gap}", ago(200), [ago(n) for n in range(gap, 200, gap)])
    facts = select(MemberFacts.__table__).order_by(MemberFacts.person_id)
    moves = select(StageChange.id).order_by(StageChange.id)
    refresh(cast.club)
    first = db.session.execute(facts).all()
    changes = db.session.scalars(moves).all()

    refresh(cast.club)

    assert db.session.execute(facts).all() == first
    assert db.session.scalars(moves).all() == changes


def test_closed_week_rings_for_nobody(cast: Cast) -> None:
    person = member(cast.club, "Rana", ago(60), [ago(n) for n in range(10, 40)])
    close_club(cast.club, [ago(n) for n in range(10)])

    refresh(cast.club)

    assert facts_of(person).silent_days == 0
    assert facts_of(person).silence_alarm_on is None


def test_silence_stands_still_in_a_freeze(cast: Cast) -> None:
    person = member(cast.club, "Rana", ago(90), [ago(n) for n in range(30, 60)])
    freeze(person, cast.club, ago(25), None)

    refresh(cast.club)

    facts = facts_of(person)
    assert (facts.silent_days, facts.silence_alarm_on) == (4, None)
    assert (facts.is_frozen, facts.stage) == (True, Stage.FROZEN)


def test_renewed_member_goes_on_counting_visits(cast: Cast) -> None:
    person = make_member("Karim", club=cast.club).id
    sign(person, cast.club, ago(500), ago(136))
    sign(person, cast.club, ago(135), ago(-229))
    came(person, cast.club, [ago(n) for n in range(2, 400, 3)])

    refresh(cast.club)

    facts = facts_of(person)
    assert (facts.cycle_no, facts.renewals, facts.is_onboarding) == (2, 1, False)
    assert (facts.joined_on, facts.starts_on, facts.ends_on) == (ago(500), ago(135), ago(-229))
    assert facts.visits == 133
    assert facts.stage is Stage.REGULAR


@pytest.mark.parametrize(("gap", "joined", "onboarding"), [(89, 300, False), (90, 10, True)])
def test_return_after_ninety_days_begins_anew(
    cast: Cast, gap: int, joined: int, onboarding: bool
) -> None:
    person = make_member("Karim", club=cast.club).id
    sign(person, cast.club, ago(300), ago(10 + gap + 1))
    sign(person, cast.club, ago(10), ago(-300))

    refresh(cast.club)

    facts = facts_of(person)
    assert (facts.cycle_no, facts.joined_on) == (2, ago(joined))
    assert facts.is_onboarding is onboarding


def test_rolling_contract_begins_a_cycle_each_year(cast: Cast) -> None:
    rolling = make_plan(cast.club, PlanKind.RECURRING)
    person = make_member("Karim", club=cast.club).id
    sign(person, cast.club, ago(800), None, rolling)

    refresh(cast.club)

    facts = facts_of(person)
    assert (facts.cycle_no, facts.renewals, facts.ends_on) == (3, 2, None)


@pytest.mark.parametrize("kind", [PlanKind.TRIAL, PlanKind.DAY])
def test_guest_of_a_day_is_no_member(cast: Cast, kind: PlanKind) -> None:
    person = make_member("Guest", club=cast.club).id
    sign(person, cast.club, ago(6), ago(6), make_plan(cast.club, kind))

    assert refresh(cast.club) == 0


def test_contract_of_tomorrow_is_no_cycle_today(cast: Cast) -> None:
    member(cast.club, "Soon", ago(-1))

    assert refresh(cast.club) == 0
    assert refresh(cast.club, ago(-1)) == 1


@pytest.mark.parametrize(
    ("ended", "stage"), [(1, Stage.LAPSED), (90, Stage.LAPSED), (91, Stage.LOST)]
)
def test_ended_member_is_lapsed_then_lost_and_rings_no_more(
    cast: Cast, ended: int, stage: Stage
) -> None:
    person = member(cast.club, "Gone", ago(364 + ended), [ago(ended + 20)])

    refresh(cast.club)

    assert facts_of(person).stage is stage
    assert facts_of(person).silence_alarm_on is None


def test_member_leaves_risk_after_two_visits(cast: Cast) -> None:
    """Alarm, one visit, a second visit; the stage of each day is kept."""
    person = member(cast.club, "Rana", ago(100), [ago(n) for n in range(20, 80)])
    refresh(cast.club, ago(8))
    assert facts_of(person).stage is Stage.AT_RISK

    came(person, cast.club, [ago(7)])
    refresh(cast.club, ago(7))
    assert facts_of(person).stage is Stage.AT_RISK

    came(person, cast.club, [ago(5)])
    refresh(cast.club, ago(5))
    assert facts_of(person).stage is Stage.ACTIVE
    history = db.session.execute(
        select(StageChange.day, StageChange.stage).order_by(StageChange.day)
    ).all()
    assert [tuple(row) for row in history] == [
        (ago(8), Stage.AT_RISK),
        (ago(5), Stage.ACTIVE),
    ]


def test_changed_numbers_of_risk_and_stages_lead_new_cycles_and_running_ones_keep_theirs(
    cast: Cast,
) -> None:
    """Fifty days in, twenty visits, five silent days: active and no alarm as shipped."""

    def fifty_days(name: str, today: date) -> int:
        first = today - timedelta(days=50)
        return member(cast.club, name, first, [today - timedelta(days=5 + n) for n in range(20)])

    old = fifty_days("Old", TODAY)
    refresh(cast.club)
    assert (facts_of(old).stage, facts_of(old).d_star) == (Stage.ACTIVE, 9)
    settings = current_settings(cast.club)
    stricter = replace(
        settings,
        stages=replace(settings.stages, adaptation_days=60),
        rhythm=replace(settings.rhythm, shortest_silence=3, longest_silence=4),
    )
    save_version(cast.club, stricter, by="system")
    new = fifty_days("New", TODAY)
    calm = member(cast.club, "Calm", ago(50), [ago(n) for n in range(20)])

    refresh(cast.club, TODAY + timedelta(days=1))

    assert (facts_of(old).stage, facts_of(old).d_star) == (Stage.ACTIVE, 9)
    assert (facts_of(new).stage, facts_of(new).d_star) == (Stage.AT_RISK, 4)
    assert (facts_of(calm).stage, facts_of(calm).d_star) == (Stage.ADAPTATION, 4)
    freeze(old, cast.club, ago(40), ago(38))
    refresh(cast.club, TODAY + timedelta(days=2))
    assert facts_of(old).d_star == 9


def test_visits_at_another_club_of_the_company_count(cast: Cast) -> None:
    person = member(cast.club, "Rana", ago(30))
    came(person, cast.other_club, [ago(2)])

    refresh(cast.club)

    assert facts_of(person).visits == 1
