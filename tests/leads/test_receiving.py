"""What comes in is kept once: a lead at once, one more question of an open lead, or a doubt."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.leads.api import (
    Agreement,
    ArrivalChannel,
    DeclineReason,
    InquiryState,
    LeadSettings,
    LeadStage,
    Move,
    Touch,
    Trail,
    accept,
    decline,
    move_lead,
    receive_by_hand,
    save_lead_settings,
    source_named,
)
from clubcrm.leads.models import Inquiry, Lead
from clubcrm.leads.queries.alerts import lead_alerts
from clubcrm.leads.queries.story import touches_of
from clubcrm.leads.receiving import put_back
from clubcrm.leads.rules.stages import LostReason
from clubcrm.people.models import Consent, Person
from tests.cast import Cast
from tests.leads.conftest import NOON, SARA, all_leads, arrival, lead_of, new_lead, steps
from tests.memberships.conftest import YEAR, make_contract

pytestmark = pytest.mark.usefixtures("unit")
Ask = Callable[..., Inquiry]


def test_a_form_makes_a_person_a_lead_and_a_call_within_minutes(cast: Cast, ask: Ask) -> None:
    asked = ask(message="Is there a pool?", language="bn")

    lead = lead_of(asked)
    person = db.session.get_one(Person, lead.person_id)
    assert asked.state is InquiryState.ACCEPTED
    assert (person.full_name, person.language, person.source) == (
        "Nadia Haque",
        "bn",
        "lead:form",
    )
    assert (lead.state, lead.channel) == (LeadStage.NEW, ArrivalChannel.FORM)
    assert lead.owner_id == cast.users["Sara"]
    assert lead.answer_by == NOON + timedelta(minutes=15)
    assert steps(lead) == [("lead_call", "03-23 06:15")]


def test_the_same_number_is_the_same_person_and_the_open_lead(ask: Ask) -> None:
    first, second = ask(), ask(email="", message="I have not heard from you")

    assert second.lead_id == first.lead_id
    assert second.person_id == first.person_id
    assert len(all_leads()) == 1


def test_who_was_lost_and_asks_again_is_a_new_lead_of_the_same_person(ask: Ask) -> None:
    first = lead_of(ask())
    move_lead(first, Move(LeadStage.LOST, reason=LostReason.PRICE), by=SARA)

    second = lead_of(ask())

    assert second.id != first.id
    assert second.person_id == first.person_id


def test_who_was_parked_and_asks_again_is_to_be_called_now(cast: Cast, ask: Ask) -> None:
    lead = lead_of(ask())
    move_lead(lead, Move(LeadStage.LATER, later_on=date(2026, 6, 1)), by=SARA)

    ask()

    assert lead.state is LeadStage.NEW
    assert lead.later_on is None
    assert steps(lead) == [("lead_call", "03-23 06:00")]


def test_the_same_message_of_one_sender_is_kept_once(ask: Ask) -> None:
    first, second = ask(external_ref="form-1"), ask(external_ref="form-1", name="Other")

    assert first.id == second.id
    assert db.session.scalars(select(Inquiry.name)).all() == ["Nadia Haque"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"phone": "12", "email": ""}, "no_contact"),
        ({"name": ""}, "no_name"),
        ({"name": "Karim Uddin", "phone": "+8801711000001", "email": ""}, "same_contact"),
        ({"suspicion": "robot"}, "robot"),
    ],
)
def test_what_a_person_should_look_at_waits_in_the_tray(
    cast: Cast, ask: Ask, said: dict[str, str], why: str
) -> None:
    waiting = ask(**said)

    assert (waiting.state, waiting.suspicion) == (InquiryState.WAITING, why)
    assert all_leads() == []
    assert lead_alerts(Scope((cast.club,)), NOON).waiting == 1


def test_a_member_who_writes_is_no_lead_by_himself(cast: Cast, ask: Ask) -> None:
    make_contract(cast, YEAR, starts_on=date(2026, 1, 1))

    waiting = ask(name="Mia Rahman", phone="+8801711000001", email="")

    assert (waiting.state, waiting.suspicion) == (InquiryState.WAITING, "is_member")


def test_spam_is_kept_aside_and_never_deleted(cast: Cast, ask: Ask) -> None:
    spam = ask(is_spam=True)

    assert spam.state is InquiryState.SPAM
    assert all_leads() == []
    lead = accept(spam, by=SARA)
    assert lead.state is LeadStage.NEW


def test_mail_waits_for_a_look_unless_the_club_trusts_it(cast: Cast, ask: Ask) -> None:
    waiting = ask(channel=ArrivalChannel.EMAIL)
    save_lead_settings(cast.club, LeadSettings(straight=frozenset({ArrivalChannel.EMAIL})), by=SARA)
    taken = ask(channel=ArrivalChannel.EMAIL, phone="01711555002", email="", name="Rina Das")

    assert waiting.state is InquiryState.WAITING
    assert taken.state is InquiryState.ACCEPTED


def test_what_waited_is_accepted_once_or_declined_with_a_reason(cast: Cast, ask: Ask) -> None:
    one = ask(suspicion="robot")
    two = ask(suspicion="robot", phone="01711555002", email="", name="Rina Das")

    accept(one, by=SARA)
    decline(two, DeclineReason.SUPPLIER, "sells towels", by=SARA)

    with pytest.raises(DomainError, match="STATE"):
        accept(one, by=SARA)
    with pytest.raises(DomainError, match="STATE"):
        decline(two, DeclineReason.SPAM, by=SARA)
    assert (two.state, two.decline_reason, two.decline_note) == (
        InquiryState.DECLINED,
        DeclineReason.SUPPLIER,
        "sells towels",
    )


def test_what_was_declined_by_mistake_waits_again(ask: Ask) -> None:
    declined = ask(suspicion="robot")
    decline(declined, DeclineReason.OTHER, by=SARA)

    put_back(declined, by=SARA)

    assert (declined.state, declined.decline_reason) == (InquiryState.WAITING, None)


def test_nobody_can_be_a_lead_who_cannot_be_answered(ask: Ask) -> None:
    with pytest.raises(DomainError) as refused:
        accept(ask(phone="", email=""), by=SARA)

    assert [one.field for one in refused.value.fields] == ["phone"]


def test_at_the_counter_the_person_found_is_taken_instead_of_a_new_one(cast: Cast) -> None:
    mia = db.session.get_one(Person, cast.members["Mia"])

    lead = receive_by_hand(
        arrival(cast, name="Mia R", phone="", email="", channel=ArrivalChannel.WALK_IN),
        by=SARA,
        same_as=mia,
        owner_id=cast.users["Frank"],
    )

    assert (lead.person_id, lead.owner_id) == (mia.id, cast.users["Frank"])


def test_first_and_last_advertising_stay_with_the_lead(cast: Cast, ask: Ask) -> None:
    instagram = source_named(cast.club, "Instagram", by=SARA)
    spring = Touch(NOON - timedelta(days=9), utm_source="instagram", utm_campaign="spring")
    search = Touch(NOON, utm_source="google", utm_campaign="brand", gclid="x1")

    lead = lead_of(ask(trail=Trail(first=spring, last=search)))

    assert (lead.source_id, lead.campaign) == (instagram.id, "spring")
    seen = touches_of(lead.id)
    assert seen.first is not None
    assert seen.last is not None
    assert (seen.first.utm_campaign, seen.last.gclid) == ("spring", "x1")


def test_who_agreed_to_news_on_the_form_is_on_record_with_the_wording(ask: Ask) -> None:
    asked = ask(agreement=Agreement("form-3", NOON, "203.0.113.9"))

    lines = db.session.scalars(select(Consent).where(Consent.person_id == asked.person_id)).all()
    assert {(one.channel.value, one.text_version, one.given) for one in lines} == {
        ("email", "form-3", True),
        ("sms", "form-3", True),
    }
    assert (asked.consent_ip, asked.consent_at) == ("203.0.113.9", NOON)


def test_sellers_take_turns_and_the_absent_one_is_left_out(cast: Cast) -> None:
    from tests.cast import make_user  # noqa: PLC0415 - one more seller of this story

    sim = make_user("Sim", "sales", [cast.club])  # type: ignore[arg-type]

    owners = [new_lead(cast, number).owner_id for number in range(4)]

    assert owners == [cast.users["Sara"], sim, cast.users["Sara"], sim]


def test_a_lead_of_another_club_is_its_own(cast: Cast, ask: Ask) -> None:
    here, there = ask(), ask(club_id=cast.other_club, phone="+8801711555001")

    assert here.lead_id != there.lead_id
    assert {lead.club_id for lead in all_leads()} == {cast.club, cast.other_club}
    assert {lead.currency for lead in all_leads()} == {"BDT", "EUR"}
    assert isinstance(lead_of(there), Lead)
