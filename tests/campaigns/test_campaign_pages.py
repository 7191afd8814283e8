"""A campaign on its page: it can be stopped while something waits, and used again afterwards."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from clubcrm.campaigns.campaign_queries import own_texts
from clubcrm.campaigns.campaign_services import (
    CampaignDraft,
    CampaignText,
    make_campaign,
    plan_campaign,
    word_campaign,
)
from clubcrm.campaigns.campaign_tables import Campaign, CampaignState, Outcome
from clubcrm.campaigns.dealing import run_campaign
from clubcrm.campaigns.models import Segment
from clubcrm.campaigns.rules.tree import Condition, Group, Join
from clubcrm.campaigns.segment_services import SegmentDraft, make_segment
from clubcrm.core.db import unit_of_work
from clubcrm.messaging.models import Message, MessageState
from clubcrm.people.models import Channel, Consent, Purpose
from clubcrm.people.rules.trait_kinds import Op
from tests.cast import Cast, make_member

NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
READERS = Group(Join.ALL, (Condition("contact", Op.ANY_OF, ("email",)),))
BONUS, PLAIN = "Hello {given_name}: {gift}.", "Hello {given_name}, come back."


def _done(cast: Cast) -> int:
    """A campaign with two texts and a bonus has written to its one reader."""
    with unit_of_work() as session:
        reader = make_member("Rita", club=cast.club, email="rita@club.example")
        session.add(
            Consent(
                person_id=reader.id,
                channel=Channel.EMAIL,
                purpose=Purpose.MARKETING,
                given=True,
                text_version="1",
                source="desk",
                by="user:1",
                at=NOON,
            )
        )
        other = SegmentDraft("All", Group(Join.ALL, (Condition("last_visit", Op.NEVER),)), True)
        make_segment(cast.club, other, by="user:1")
        segment = make_segment(cast.club, SegmentDraft("Readers", READERS, True), by="user:1")
        draft = CampaignDraft(
            "Spring",
            segment,
            Outcome.BAR,
            ("email",),
            hold_out=0.0,
            second=0.4,
            window_days=21,
            gift_minor=50_000,
        )
        campaign = make_campaign(cast.club, draft, by="user:1")
        for variant, body in (("A", BONUS), ("B", PLAIN)):
            word_campaign(campaign, CampaignText(variant, "en", "Spring", body, "Hi"), by="user:1")
        plan_campaign(campaign, NOON, by="user:1")
        campaign_id = campaign.id
    run_campaign(campaign_id, unit_of_work)
    return campaign_id


def _texts(name: str) -> tuple[CampaignState, float, str, list[tuple[str, str]]]:
    with unit_of_work(write=False) as session:
        one = session.scalars(select(Campaign).where(Campaign.name == name)).one()
        words = sorted((key[0], draft.body) for key, draft in own_texts(one).items())
        return one.state, one.second, one.outcome.value, words


def _shown_as_chosen(page: str, name: str) -> str | None:
    """The value that the select of this name stands at, None where nothing is marked."""
    field = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.DOTALL)
    assert field is not None
    marked = re.search(r'<option selected value="([^"]*)"', field[0])
    return marked[1] if marked else None


def test_a_campaign_is_stopped_while_something_waits_and_used_again_afterwards(
    app: Flask, cast: Cast, client_of: Callable[[str], FlaskClient]
) -> None:
    with app.app_context():
        campaign_id = _done(cast)
        with unit_of_work(write=False) as session:
            public_id = session.get_one(Campaign, campaign_id).public_id
    max_, address = client_of("Max"), f"/campaigns/{public_id}"

    waits = max_.get(address).text
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Message).values(state=MessageState.SENT, sent_at=NOON))
    left = max_.get(address).text

    assert f'action="{address}/stop"' in waits
    assert f'action="{address}/stop"' not in left
    again = f"/campaigns/new?again={public_id}"
    assert f'href="{again}"' in left

    form = max_.get(again).text
    for shown in ('value="Spring"', " selected", 'value="40"', 'value="21"', 'value="500"'):
        assert shown in form
    typed = {
        "segment": _chosen(form, "Readers"),
        "outcome": _chosen(form, "a purchase at the bar"),
        "channels": "email",
        "window_days": "21",
        "keep_days": "3",
        "hold_out": "0",
        "second": "40",
        "gift_days": "30",
    }
    kept = max_.post(again, data={**typed, "name": "Summer", "gift": "500.00"})
    bare = max_.post(again, data={**typed, "name": "Autumn", "gift": ""})

    assert (kept.status_code, bare.status_code) == (303, 303)
    assert bare.location.endswith("/texts/A")
    with app.app_context():
        hi = ("A", "Hi"), ("B", "Hi")
        assert _texts("Summer") == (
            CampaignState.DRAFT,
            0.4,
            "bar",
            sorted([("A", BONUS), ("B", PLAIN), *hi]),
        )
        assert _texts("Autumn")[3] == sorted([("B", PLAIN), hi[1]])
    assert max_.get("/campaigns/new?again=nothing").status_code == 404

    with app.app_context(), unit_of_work() as session:
        session.execute(update(Segment).where(Segment.name == "Readers").values(active=False))
    asks = max_.get(again).text
    unsaid = max_.post(again, data={**typed, "segment": "", "name": "Winter", "gift": ""})

    assert ">–</option>" in asks
    assert "Readers" not in asks
    assert _shown_as_chosen(asks, "segment") in ("", None)
    assert "Its segment was put aside" in asks
    assert unsaid.status_code == 400
    assert "Its segment was put aside" in unsaid.text


def _chosen(page: str, words: str) -> str:
    """Return the value of the option with these words, which has to be the chosen one."""
    option = page.split(f">{words}</option>")[0].rsplit("<option", 1)[1]
    assert "selected" in option
    return option.split('value="')[1].split('"')[0]


def test_a_choice_that_always_holds_a_value_is_not_called_optional(
    client_of: Callable[[str], FlaskClient],
) -> None:
    page = client_of("Olga").get("/settings/loyalty").text

    assert ">Who brings gets</label>" in page
    assert 'How much for the friend <span class="optional">' in page
