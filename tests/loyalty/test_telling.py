"""Who is thanked hears of it, points that end soon are told once, a host who pays monthly waits."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from clubcrm.core.clock import now
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.loyalty.jobs import tell_of_points
from clubcrm.loyalty.models import Referral
from clubcrm.loyalty.point_services import give_points, spend
from clubcrm.loyalty.rules.programme import Reward, RewardKind
from clubcrm.loyalty.rules.referrals import HostFacts, ReferralState, Side, waits_for_payment
from clubcrm.messaging.models import Message
from clubcrm.people.models import Channel, Consent, ContactKind, ContactPoint, Purpose
from memberships.api import PlanTerms, SignRequest, create_plan, sign
from memberships.contracts.rules import PlanKind
from tests.loyalty.conftest import BY, MAY, Town, gives, join, person, somebody
from tests.loyalty.test_referrals import SIGNED, brought, pay, rewards, state_of

MONTH = PlanTerms("Month", PlanKind.RECURRING, 300_000, "BDT", term_months=1)
BEFORE, AFTER = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


def written(code: str) -> list[tuple[int, str]]:
    """Return who was written to with a code, and the words, in order."""
    with unit_of_work(write=False) as session:
        wanted = select(Message).where(Message.code == code).order_by(Message.id)
        return [(one.person_id, one.body) for one in session.scalars(wanted)]


def reached(person_id: int, language: str, *, wants_news: bool = True) -> None:
    with unit_of_work():
        address = f"m{person_id}@mail.example"
        row = person(person_id)
        row.language = language
        db.session.add(
            ContactPoint(
                person_id=person_id, kind=ContactKind.EMAIL, value=address, as_typed=address
            )
        )
        if wants_news:
            db.session.add(_consent(person_id))


def told(town: Town) -> int:
    outcome = tell_of_points(JobContext("tell-of-points", "now", now(), town.club))
    assert outcome.failed == 0
    return len(written("L3"))


def test_both_hear_in_their_own_language_what_they_have_got(town: Town) -> None:
    gives(town.club, delay_days=0)
    reached(town.mia, "ru", wants_news=False)
    friend = brought(town)
    reached(friend, "en", wants_news=False)
    town.to(SIGNED)
    join(town.club, friend, SIGNED)
    pay(friend, town.club)
    town.night()
    town.night()

    (host,), (guest,) = written("L1"), written("L2")
    assert host[0] == town.mia
    assert "Nils теперь с нами благодаря вам" in host[1]
    assert guest[0] == friend
    assert "Mia brought you to us" in guest[1]
    assert "500.00 of bonus money, good until 31 Jul 2026" in guest[1]


@pytest.mark.parametrize(
    ("rolls", "thanked", "paid", "waits"),
    [
        (True, None, None, False),
        (True, BEFORE, None, True),
        (True, AFTER, BEFORE, True),
        (True, BEFORE, AFTER, False),
        (False, BEFORE, None, False),
    ],
)
def test_a_host_who_pays_by_the_month_is_thanked_once_a_payment(
    rolls: bool, thanked: datetime | None, paid: datetime | None, waits: bool
) -> None:
    assert waits_for_payment(HostFacts(rolls, thanked, paid)) is waits


def test_further_friends_wait_for_the_next_payment_of_their_host(town: Town) -> None:
    gives(town.club, delay_days=0, host=Reward(RewardKind.POINTS, 300))
    host = somebody(town.club, "Hana")
    with unit_of_work():
        month = create_plan(town.club, MONTH, by=BY)
        sign(SignRequest(host, month.id, MAY.date()), by=BY)
    friends = [brought(town, name, host) for name in ("Nils", "Otto")]
    town.to(SIGNED)
    for one in friends:
        join(town.club, one, SIGNED)
        pay(one, town.club)
    town.night()

    assert [state_of(one) for one in friends] == [
        (ReferralState.REWARDED, ""),
        (ReferralState.REWARDED, "host_pays"),
    ]
    assert [one[1] for one in rewards()] == [Side.FRIEND, Side.FRIEND, Side.HOST]
    town.nights_until(SIGNED + timedelta(days=3))
    assert len(rewards()) == 3

    pay(host, town.club)
    town.nights_until(SIGNED + timedelta(days=5))

    assert [one[:4] for one in rewards() if one[1] is Side.HOST] == [
        (host, Side.HOST, RewardKind.POINTS, 300)
    ] * 2
    with unit_of_work(write=False) as session:
        assert set(session.scalars(select(Referral.why))) == {""}


def test_points_that_end_soon_are_told_once_to_who_wants_to_hear(town: Town) -> None:
    gives(town.club, keeps_days=60, worth_minor=100, least_spent=100)
    silent, poor, quick = (somebody(town.club, name) for name in ("Sile", "Paul", "Quim"))
    reached(town.mia, "en")
    reached(silent, "en", wants_news=False)
    for one in (poor, quick):
        reached(one, "en")
    with unit_of_work():
        for one, points in ((town.mia, 250), (silent, 250), (poor, 99), (quick, 250)):
            give_points(town.club, one, points, "Welcome", by=BY)
        spend(town.club, quick, 250, by=BY)
    last = MAY.date() + timedelta(days=60)

    town.to(last - timedelta(days=22))
    assert told(town) == 0
    town.to(last - timedelta(days=21))
    assert told(town) == 1
    town.to(last - timedelta(days=20))
    assert told(town) == 1

    ((who, words),) = written("L3")
    assert who == town.mia
    assert "250 points of yours" in words
    assert "30 Jun 2026" in words


def test_a_club_that_does_not_wish_it_tells_nobody(town: Town) -> None:
    gives(town.club, keeps_days=60, warn_days=0)
    reached(town.mia, "en")
    with unit_of_work():
        give_points(town.club, town.mia, 250, "Welcome", by=BY)
    town.to(date(2026, 6, 30))

    assert told(town) == 0


def _consent(person_id: int) -> Consent:
    return Consent(
        person_id=person_id, channel=Channel.EMAIL, purpose=Purpose.MARKETING, given=True,
        text_version="1", source="desk", by=BY, at=now(),
    )  # fmt: skip
