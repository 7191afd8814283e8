"""Invitations: one tap answers, the last place is given once, a freed place goes to who waits."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from clubcrm.campaigns.campaign_services import CampaignDraft, make_campaign
from clubcrm.campaigns.campaign_tables import AnswerState, ClubEvent, EventAnswer, Outcome
from clubcrm.campaigns.checking import text_code
from clubcrm.campaigns.event_queries import places_taken_add_up
from clubcrm.campaigns.event_services import (
    EventDraft,
    answer_invitation,
    call_off,
    make_event,
    rsvp_address,
)
from clubcrm.campaigns.rules.tree import Condition, Group, Join
from clubcrm.campaigns.segment_services import SegmentDraft, make_segment
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.people.rules.trait_kinds import Op
from clubcrm.tasks.models import Task
from tests.cast import Cast, make_member

NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
STARTS = NOON + timedelta(days=10)
BY = "person:1"


@pytest.fixture
def party(app: Flask, cast: Cast) -> Iterator[tuple[int, list[int]]]:
    """An open day with three places, each may bring one guest; and ten people."""
    with time_machine.travel(NOON, tick=False), app.app_context():
        with unit_of_work():
            draft = EventDraft(
                "Open day",
                STARTS,
                STARTS + timedelta(hours=3),
                STARTS - timedelta(days=1),
                places=3,
                guests=1,
            )
            event = make_event(cast.club, draft, by="user:1")
            people = [make_member(f"P{one}", club=cast.club).id for one in range(10)]
            ids = event.id, people
        yield ids


def _answer(event_id: int, person: int, *, comes: bool = True, heads: int = 1) -> AnswerState:
    with unit_of_work() as session:
        event = session.get_one(ClubEvent, event_id)
        return answer_invitation(event, person, comes=comes, heads=heads, by=BY).state


def _taken(event_id: int) -> int:
    with unit_of_work(write=False) as session:
        assert places_taken_add_up() == []
        return session.get_one(ClubEvent, event_id).taken


def test_places_are_taken_given_back_and_passed_on(party: tuple[int, list[int]]) -> None:
    event_id, people = party

    assert _answer(event_id, people[0], heads=2) is AnswerState.COMES
    assert _answer(event_id, people[1], heads=2) is AnswerState.WAITS
    assert _answer(event_id, people[2]) is AnswerState.COMES
    assert _taken(event_id) == 3
    assert _answer(event_id, people[0], heads=1) is AnswerState.COMES
    assert _taken(event_id) == 2
    assert _answer(event_id, people[2], comes=False) is AnswerState.DECLINES
    assert _taken(event_id) == 3
    with unit_of_work(write=False) as session:
        moved = session.scalars(select(EventAnswer).where(EventAnswer.person_id == people[1])).one()
        assert moved.state is AnswerState.COMES
        task = session.scalars(select(Task).where(Task.kind == "event")).one()
        assert (task.person_id, task.sentence) == (people[1], "Open day")


def test_answers_end_and_an_event_that_is_called_off_takes_none(
    party: tuple[int, list[int]],
) -> None:
    event_id, people = party
    _answer(event_id, people[0])

    with time_machine.travel(STARTS, tick=False), pytest.raises(DomainError) as late:
        _answer(event_id, people[1])
    assert late.value.code == "TOO_LATE"
    with pytest.raises(DomainError) as many:
        _answer(event_id, people[1], heads=3)
    assert many.value.fields[0].field == "heads"
    with unit_of_work() as session:
        assert call_off(session.get_one(ClubEvent, event_id), by="user:1") == 1
        assert call_off(session.get_one(ClubEvent, event_id), by="user:1") == 0
    with pytest.raises(DomainError) as off:
        _answer(event_id, people[1])
    assert off.value.code == "CALLED_OFF"


def test_the_last_place_is_given_once(app: Flask, party: tuple[int, list[int]]) -> None:
    event_id, people = party
    found: list[AnswerState] = []

    def tap(person: int) -> None:
        with app.app_context():
            found.append(_answer(event_id, person))
            db.session.remove()

    threads = [threading.Thread(target=tap, args=(one,)) for one in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(found).count(AnswerState.COMES) == 3
    assert len(found) == 10
    assert _taken(event_id) == 3


def test_a_member_answers_by_his_link_and_only_for_himself(
    app: Flask, cast: Cast, party: tuple[int, list[int]]
) -> None:
    event_id, people = party
    with unit_of_work() as session:
        event = session.get_one(ClubEvent, event_id)
        rule = Group(Join.ALL, (Condition("member", Op.IS),))
        segment = make_segment(cast.club, SegmentDraft("All", rule), by="user:1")
        draft = CampaignDraft("Come", segment, Outcome.ANSWERED, event=event)
        campaign = make_campaign(cast.club, draft, by="user:1")
        with app.test_request_context(base_url="http://club.example"):
            address = rsvp_address(people[0], text_code(campaign.id, "A"))
    assert rsvp_address(people[0], "J01") == ""
    path = address.removeprefix("http://club.example")
    member = app.test_client()

    assert "Open day" in member.get(path).text
    db.session.rollback()
    with unit_of_work(write=False) as session:
        assert session.scalars(select(EventAnswer)).all() == []
    assert member.post(path, data={"answer": "yes", "heads": "2"}).status_code == 303
    assert "You come, 2 of you" in member.get(path).text
    assert member.post(path, data={"answer": "yes", "heads": "7"}).status_code == 400
    assert member.get("/rsvp/nonsense").status_code == 404
    db.session.rollback()
    with unit_of_work(write=False) as session:
        answer = session.scalars(select(EventAnswer)).one()
        assert (answer.person_id, answer.heads) == (people[0], 2)
