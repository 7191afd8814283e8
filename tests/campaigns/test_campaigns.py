"""A campaign from draft to result: checked, drawn by lot, written within all limits, judged."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from access_control.models import VisitDay
from clubcrm.campaigns.campaign_services import (
    CampaignDraft,
    CampaignText,
    make_campaign,
    plan_campaign,
    stop_campaign,
    unplan_campaign,
    word_campaign,
)
from clubcrm.campaigns.campaign_tables import (
    Campaign,
    CampaignRefusal,
    CampaignSeat,
    CampaignState,
    Outcome,
)
from clubcrm.campaigns.dealing import run_campaign
from clubcrm.campaigns.models import Segment
from clubcrm.campaigns.rules.tree import Condition, Group, Join
from clubcrm.campaigns.segment_services import SegmentDraft, make_segment
from clubcrm.campaigns.sending import checks_before_sending
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.messaging.contacts import contact_days
from clubcrm.messaging.models import Message, MessageState
from clubcrm.people.api import HoldOrder, place_hold
from clubcrm.people.models import Channel, Consent, HoldKind, Person, Purpose
from clubcrm.people.rules.trait_kinds import Op
from clubcrm.reports.campaign_results import people_of_result, result_of
from clubcrm.reports.rules.campaign_verdicts import Said
from memberships.billing.models import Voucher
from tests.cast import Cast, make_member

NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
TODAY = date(2026, 3, 20)
EVERYBODY = Group(Join.ALL, (Condition("contact", Op.ANY_OF, ("email",)),))
READERS = 120


@pytest.fixture
def town(app: Flask, cast: Cast) -> Iterator[int]:
    """More than a hundred readers who said yes, and a handful who may not be written to."""
    with time_machine.travel(NOON, tick=False), app.app_context():
        with unit_of_work():
            for number in range(READERS):
                _reader(cast, f"R{number}")
            make_member("Unasked", club=cast.club, email="unasked@club.example")
            _reader(cast, "Left").do_not_contact = True
            held = _reader(cast, "Held")
            place_hold(HoldOrder(held.id, HoldKind.INJURY), by="user:1")
            _reader(cast, "Child").birth_date = date(2012, 1, 1)
            make_segment(cast.club, SegmentDraft("Readers", EVERYBODY), by="user:1")
        yield cast.club


def _reader(cast: Cast, name: str) -> Person:
    person = make_member(name, club=cast.club, email=f"{name.lower()}@club.example")
    db.session.add(
        Consent(
            person_id=person.id,
            channel=Channel.EMAIL,
            purpose=Purpose.MARKETING,
            given=True,
            text_version="1",
            source="desk",
            by="user:1",
            at=NOON,
        )
    )
    db.session.flush()
    return person


def _planned(club: int, **more: object) -> int:
    with unit_of_work() as session:
        segment = session.scalars(select(Segment)).one()
        draft = CampaignDraft("Spring", segment, Outcome.VISIT, ("email",), **more)  # type: ignore[arg-type]
        campaign = make_campaign(club, draft, by="user:1")
        campaign.salt = "fixed"
        for variant in ("A", "B") if draft.second else ("A",):
            gift = " {gift} until {gift_until}: {gift_code}" if draft.gift_minor else ""
            text = CampaignText(
                variant, "en", f"Spring {variant}", f"Hello {{given_name}}.{gift}", "Hi"
            )
            word_campaign(campaign, text, by="user:1")
        plan_campaign(campaign, NOON, by="user:1")
        return campaign.id


def test_who_passes_every_check_is_drawn_once_and_only_the_written_get_a_message(
    town: int,
) -> None:
    campaign_id = _planned(town, hold_out=0.2)

    assert run_campaign(campaign_id, unit_of_work) == READERS + 4
    with unit_of_work() as session:
        campaign = session.get_one(Campaign, campaign_id)
        arms = Counter(session.scalars(select(CampaignSeat.arm)))
        why = {
            person.given_name: reason
            for person, reason in session.execute(
                select(Person, CampaignRefusal.why).join(
                    CampaignRefusal, CampaignRefusal.person_id == Person.id
                )
            )
        }
        messages = session.scalars(select(Message)).all()
        # The lot is a hash of a fixed salt, so the split is the same for ever.
        assert (campaign.state, campaign.chosen) == (CampaignState.DONE, READERS + 4)
        assert sum(arms.values()) == READERS
        assert 12 <= arms["H"] <= 36
        assert why == {
            "Unasked": "no_consent",
            "Left": "do_not_contact",
            "Held": "held_back",
            "Child": "no_guardian",
        }
        assert len(messages) == arms["T"]
        treated = set(session.scalars(select(CampaignSeat.person_id).filter_by(arm="T")))
        assert {one.person_id for one in messages} == treated
        assert {one.purpose for one in messages} == {Purpose.MARKETING}

        campaign.state = CampaignState.RUNNING
    assert run_campaign(campaign_id, unit_of_work) == READERS + 4
    with unit_of_work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Message)) == arms["T"]
        assert Counter(session.scalars(select(CampaignSeat.arm))) == arms


def test_a_second_campaign_within_days_writes_to_nobody(town: int) -> None:
    run_campaign(_planned(town, hold_out=0.0), unit_of_work)
    run_campaign(_planned(town, hold_out=0.0), unit_of_work)

    with unit_of_work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Message)) == READERS
        why = Counter(session.scalars(select(CampaignRefusal.why)))
        assert why["one_a_day"] == READERS
        reader = session.scalars(select(Person).where(Person.given_name == "R0")).one()
        assert contact_days([reader.id], "Asia/Dhaka") == {reader.id: [TODAY]}


def test_two_texts_are_read_by_a_share_each_and_a_bonus_is_on_each_account(town: int) -> None:
    run_campaign(_planned(town, hold_out=0.0, second=0.5, gift_minor=50_000), unit_of_work)

    with unit_of_work(write=False) as session:
        texts = Counter(session.scalars(select(CampaignSeat.variant)))
        assert sum(texts.values()) == READERS
        assert 42 <= texts["B"] <= 78
        subjects = Counter(session.scalars(select(Message.subject)))
        assert subjects == {"Spring A": texts["A"], "Spring B": texts["B"]}
        vouchers = session.scalars(select(Voucher)).all()
        assert {(one.amount_minor, one.valid_until) for one in vouchers} == {
            (50_000, TODAY + timedelta(days=30))
        }
        bodies = session.scalars(select(Message.body)).all()
        assert all("BDT" in body or "৳" in body for body in bodies)
        assert all(sum(one.code in body for body in bodies) == 1 for one in vouchers)
        assert set(session.scalars(select(Message.state))) == {MessageState.QUEUED}


def test_a_stopped_campaign_holds_back_what_has_not_left(town: int) -> None:
    campaign_id = _planned(town, hold_out=0.0)
    run_campaign(campaign_id, unit_of_work)

    with unit_of_work() as session:
        ids = list(session.scalars(select(Message.id).order_by(Message.id).limit(3)))
        first = session.get_one(Message, ids[0])
        place_hold(HoldOrder(first.person_id, HoldKind.COMPLAINT), by="user:1")
        assert checks_before_sending(ids) == {ids[0]: "held_back"}
        stop_campaign(session.get_one(Campaign, campaign_id), by="user:1")
        assert checks_before_sending(ids) == dict.fromkeys(ids, "campaign_stopped")


def test_a_plan_can_be_taken_back_and_nothing_starts_without_words(town: int) -> None:
    with unit_of_work() as session:
        segment = session.scalars(select(Segment)).one()
        bare = make_campaign(town, CampaignDraft("Bare", segment, Outcome.VISIT), by="user:1")
        with pytest.raises(DomainError) as refused:
            plan_campaign(bare, NOON, by="user:1")
        assert refused.value.code == "NOT_WORDED"
        with pytest.raises(DomainError) as unknown:
            word_campaign(bare, CampaignText("A", "en", "x", "{nonsense} {gift}"), by="user:1")
        assert {one.field for one in unknown.value.fields} == {"body"}
    campaign_id = _planned(town)
    with unit_of_work() as session:
        campaign = session.get_one(Campaign, campaign_id)
        with pytest.raises(DomainError) as planned:
            word_campaign(campaign, CampaignText("A", "en", "x", "y"), by="user:1")
        assert planned.value.code == "STATE"
        unplan_campaign(campaign, by="user:1")
        assert (campaign.state, campaign.starts_at) == (CampaignState.DRAFT, None)


def test_the_result_compares_as_drawn_and_says_nothing_before_the_last_day(town: int) -> None:
    campaign_id = _planned(town, hold_out=0.5, window_days=7)
    run_campaign(campaign_id, unit_of_work)
    with unit_of_work() as session:
        seats = session.scalars(select(CampaignSeat).order_by(CampaignSeat.person_id)).all()
        written = [one.person_id for one in seats if one.arm == "T"]
        held = [one.person_id for one in seats if one.arm == "H"]
        for person in [*written[:40], *held[:5]]:
            session.add(VisitDay(person_id=person, club_id=town, day=TODAY + timedelta(days=3)))
        for person in held[5:25]:  # before the window and after it
            session.add(VisitDay(person_id=person, club_id=town, day=TODAY))
            session.add(VisitDay(person_id=person, club_id=town, day=TODAY + timedelta(days=8)))

    def found() -> tuple[Said, tuple[int, int], tuple[int, int]]:
        with unit_of_work(write=False) as session:
            result = result_of(session.get_one(Campaign, campaign_id))
            treated, left = result.treated, result.held
            return result.effect.said, (treated.made, treated.out_of), (left.made, left.out_of)

    counts = ((40, len(written)), (5, len(held)))
    with time_machine.travel(NOON + timedelta(days=7), tick=False):
        assert found() == (Said.OPEN, *counts)
    with time_machine.travel(NOON + timedelta(days=8), tick=False):
        assert found() == (Said.WORKS, *counts)
    with unit_of_work(write=False) as session:
        campaign = session.get_one(Campaign, campaign_id)
        ids = people_of_result(campaign, "T", "", made=True, after=0, limit=100)
        assert ids == written[:40]
        ids = people_of_result(campaign, "H", "", made=False, after=0, limit=200)
        assert ids == held[5:]
