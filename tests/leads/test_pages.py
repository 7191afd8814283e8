"""The pages of leads as sellers, managers and the desk use them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.leads.api import Move, receive
from clubcrm.leads.models import Inquiry, Lead, LeadAttempt, LeadSeller, LeadSource
from clubcrm.leads.moving import move_lead
from clubcrm.leads.rules.stages import InquiryState, LeadStage
from clubcrm.leads.settings import lead_settings
from clubcrm.people.models import Person
from tests.cast import Cast
from tests.leads.conftest import NOON, SARA, arrival, new_lead
from tests.memberships.conftest import TRIAL, make_plan

ClientOf = Callable[[str], FlaskClient]


def made(app: Flask, cast: Cast, number: int = 1, **said: object) -> str:
    with app.app_context(), unit_of_work():
        return new_lead(cast, number, **said).public_id


def waiting(app: Flask, cast: Cast, **said: object) -> str:
    with app.app_context(), unit_of_work():
        return receive(arrival(cast, suspicion="robot", **said), by="form").public_id


def only(app: Flask, kind: type, column: str) -> list[object]:
    with app.app_context(), unit_of_work(write=False) as session:
        return list(session.scalars(select(getattr(kind, column)).order_by(kind.id)))  # type: ignore[attr-defined]


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined]


def test_sellers_begin_at_the_board_and_see_what_must_not_wait(
    app: Flask, cast: Cast, client_of: ClientOf, noon
) -> None:
    made(app, cast)
    waiting(app, cast)
    noon.move_to(NOON + timedelta(minutes=30))
    sara = client_of("Sara")

    assert sara.get("/").headers["Location"] == "/leads"
    page = text(sara.get("/leads"))
    assert "Lead 1" in page
    assert "1 lead was not answered in the promised time" in page
    assert "1 new question waits in the tray" in page
    assert "Answer overdue" in page
    late = text(sara.get("/leads?only=unanswered&owner=mine-or-nobody"))
    assert late.count("data-lead=") == 1


def test_a_lead_without_a_step_is_red_on_the_managers_start_page(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    made(app, cast)
    with app.app_context(), unit_of_work():
        from clubcrm.leads.queries.surroundings import open_steps  # noqa: PLC0415
        from clubcrm.tasks.api import finish  # noqa: PLC0415

        lead = db.session.scalars(select(Lead)).one()
        for task in open_steps(lead.id):
            finish(task, "", by=SARA)

    for page in ("/reports/", "/tasks"):
        said = text(client_of("Max").get(page))
        assert "1 open lead has no next step" in said
        assert 'class="callout is-stop" href="/leads?only=no-step"' in said
    assert "No next step" in text(client_of("Max").get("/leads?only=no-step"))


def test_a_card_is_moved_in_place_with_undo_and_a_reason_is_asked_for(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    lead, sara = made(app, cast), client_of("Sara")

    moved = sara.post(
        f"/leads/{lead}/move", data={"stage": "contacted"}, headers={"HX-Request": "true"}
    )
    refused = sara.post(f"/leads/{lead}/move", data={"stage": "lost", "note": "moved away"})

    assert moved.status_code == 200
    assert f'data-undo="{lead}" data-to="new"' in text(moved)
    assert refused.status_code == 400
    assert "Choose why the lead is lost." in text(refused)
    assert "moved away" in text(refused)
    done = sara.post(f"/leads/{lead}/move", data={"stage": "lost", "reason": "location"})
    assert done.status_code == 303
    assert only(app, Lead, "state") == [LeadStage.LOST]


def test_a_repeated_stage_warns_who_moves(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    lead, sara = made(app, cast), client_of("Sara")
    with app.app_context(), unit_of_work():
        row = db.session.scalars(select(Lead)).one()
        for stage in (LeadStage.CONTACTED, LeadStage.UNREACHABLE):
            move_lead(row, Move(stage), by=SARA)

    again = sara.post(
        f"/leads/{lead}/move", data={"stage": "contacted"}, headers={"HX-Request": "true"}
    )

    assert "This lead was in a stage more than once: Contacted." in text(again)
    assert "Was in a stage more than once" in text(sara.get(f"/leads/{lead}"))


def test_nobody_drags_a_lead_into_a_win(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    lead = made(app, cast)

    refused = client_of("Sara").post(f"/leads/{lead}/move", data={"stage": "won"})

    assert refused.status_code == 409
    assert "won by a signed contract" in text(refused)


def test_a_walk_in_is_a_lead_of_the_seller_who_writes_it_down(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    told = {"channel": "walk_in", "name": "Rina Das", "phone": "01711777001", "interest": "yoga"}

    by_seller = client_of("Sara").post("/leads/new", data=told)
    by_desk = client_of("Frank").post(
        "/leads/new", data=told | {"name": "Rafi Alam", "phone": "01711777002"}
    )

    assert (by_seller.status_code, by_desk.status_code) == (303, 303)
    assert only(app, Lead, "owner_id") == [cast.users["Sara"]] * 2
    assert "Walked in" in text(client_of("Sara").get("/leads"))


def test_a_likely_double_is_shown_before_a_second_person_is_made(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    told = {"channel": "call", "name": "Mia Rahman", "phone": "+8801711000001"}
    sara = client_of("Sara")

    doubt = sara.post("/leads/new", data=told)
    typing = sara.post("/leads/new/alike", data=told)
    taken = sara.post("/leads/new", data=told | {"same_as": cast.public["Mia"]})

    assert doubt.status_code == 409
    assert "This person is probably known already" in text(doubt)
    assert cast.public["Mia"] in text(typing)
    assert taken.status_code == 303
    assert only(app, Lead, "person_id") == [cast.members["Mia"]]
    assert len(only(app, Person, "id")) == 2


def test_what_is_wrong_on_the_form_is_named_and_nothing_typed_is_lost(
    cast: Cast, client_of: ClientOf
) -> None:
    told = {"channel": "call", "name": "Rina Das", "phone": "12", "interest": "boxing"}

    refused = client_of("Sara").post("/leads/new", data=told)

    assert refused.status_code == 400
    assert "This is no phone number." in text(refused)
    assert 'value="boxing"' in text(refused)


def test_a_try_is_noted_on_the_page_and_leads_to_booking(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    lead, sara = made(app, cast), client_of("Sara")

    unnamed = sara.post(f"/leads/{lead}/tries", data={"note": "hm"})
    later = sara.post(f"/leads/{lead}/tries", data={"outcome": "call_back"})
    booked = sara.post(f"/leads/{lead}/tries", data={"outcome": "booked", "way": "call"})

    assert (unnamed.status_code, later.status_code) == (400, 400)
    assert "Choose a time that lies ahead." in text(later)
    assert booked.headers["Location"] == f"/leads/{lead}/book"
    assert only(app, LeadAttempt, "user_id") == [cast.users["Sara"]]
    assert "Wants to come: book it now" in text(sara.get(f"/leads/{lead}"))


def test_a_trial_is_booked_with_a_key_for_the_gate(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    lead, sara = made(app, cast), client_of("Sara")
    with app.app_context(), unit_of_work():
        plan = make_plan(cast, TRIAL).public_id

    past = sara.post(f"/leads/{lead}/book", data={"at": "2026-03-01T18:00", "plan": plan})
    empty = sara.post(f"/leads/{lead}/book", data={"plan": plan})
    done = sara.post(f"/leads/{lead}/book", data={"at": "2026-03-24T18:00", "plan": plan})

    assert (past.status_code, empty.status_code, done.status_code) == (400, 400, 303)
    assert only(app, Lead, "state") == [LeadStage.BOOKED]
    assert None not in only(app, Lead, "trial_contract_id")
    assert "comes" in text(sara.get(f"/leads/{lead}"))


def test_an_own_step_is_planned_and_done_from_the_lead(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    lead, sara = made(app, cast), client_of("Sara")

    refused = sara.post(f"/leads/{lead}/steps", data={"step_title": "Send 50% offer"})
    planned = sara.post(
        f"/leads/{lead}/steps",
        data={"step_title": "Send 50% offer", "step_due": "2026-03-25T10:00"},
    )

    assert (refused.status_code, planned.status_code) == (400, 303)
    assert "Send 50% offer" in text(sara.get(f"/leads/{lead}"))
    assert "Send 50% offer" in text(sara.get("/tasks"))


def test_the_tray_shows_why_and_is_decided_once(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    one, two = (
        waiting(app, cast),
        waiting(app, cast, name="Rina Das", phone="01711777001", email=""),
    )
    sara = client_of("Sara")
    assert "Filled in as robots do" in text(sara.get("/leads/tray"))

    taken = sara.post(f"/leads/tray/{one}/accept", data={"same_as": ""})
    nameless = sara.post(f"/leads/tray/{two}/decline", data={})
    declined = sara.post(f"/leads/tray/{two}/decline", data={"reason": "supplier"})
    again = sara.post(f"/leads/tray/{two}/decline", data={"reason": "spam"})

    assert (taken.status_code, nameless.status_code, declined.status_code) == (303, 400, 303)
    assert again.status_code == 409
    assert only(app, Inquiry, "state") == [InquiryState.ACCEPTED, InquiryState.DECLINED]
    assert "Somebody who sells" in text(sara.get("/leads/tray?state=declined"))
    assert sara.post(f"/leads/tray/{two}/back").status_code == 303


def test_a_manager_gives_a_lead_away_and_a_seller_may_not(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    lead = made(app, cast)
    with app.app_context(), unit_of_work(write=False) as session:
        from clubcrm.accounts.models import User  # noqa: PLC0415

        max_ = session.get_one(User, cast.users["Max"]).public_id

    assert client_of("Sara").post(f"/leads/{lead}/owner", data={"owner": max_}).status_code == 403
    assert client_of("Max").post(f"/leads/{lead}/owner", data={"owner": max_}).status_code == 303
    assert only(app, Lead, "owner_id") == [cast.users["Max"]]


def test_the_choices_of_a_club_are_kept(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    boss = client_of("Max")

    wrong = boss.post("/settings/leads/answers", data={"answer_minutes": "never"})
    boss.post("/settings/leads/answers", data={"answer_minutes": "30", "straight": ["form"]})
    boss.post("/settings/leads/sources", data={"source": "Instagram"})
    boss.post("/settings/leads/sources", data={"source": "instagram "})
    with app.app_context(), unit_of_work(write=False) as session:
        source_id, source = session.execute(select(LeadSource.id, LeadSource.public_id)).one()
        settings = lead_settings(cast.club)
        from clubcrm.accounts.models import User  # noqa: PLC0415

        sara = session.get_one(User, cast.users["Sara"]).public_id
    boss.post(
        f"/settings/leads/sellers/{sara}",
        data={"takes": "1", "language": ["bn"], "source": [source]},
    )

    assert wrong.status_code == 400
    assert (settings.answer_minutes, {one.value for one in settings.straight}) == (30, {"form"})
    with app.app_context(), unit_of_work(write=False) as session:
        row = session.scalars(select(LeadSeller)).one()
        assert (row.languages, row.source_ids, row.takes) == (["bn"], [source_id], True)
    assert "Instagram" in text(boss.get("/settings/leads"))


def test_leads_of_another_club_are_not_there(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    with app.app_context(), unit_of_work():
        other = new_lead(cast, club_id=cast.other_club, phone="+4930999001").public_id

    sara = client_of("Sara")
    assert sara.get(f"/leads/{other}").status_code == 404
    assert sara.post(f"/leads/{other}/move", data={"stage": "contacted"}).status_code == 404


@pytest.mark.parametrize("address", ["/leads/stage/new", "/leads/stage/lost?skip=99999", "/leads"])
def test_lists_answer_whatever_the_address_asks(
    app: Flask, cast: Cast, client_of: ClientOf, address: str
) -> None:
    made(app, cast)
    sign = "&" if "?" in address else "?"

    for odd in ("q=%25_%5C'", "owner=nobody", "source=none", "only=late"):
        assert client_of("Sara").get(f"{address}{sign}{odd}").status_code == 200


def test_the_board_asks_as_little_of_the_store_for_many_leads_as_for_few(
    app: Flask, cast: Cast, client_of: ClientOf, count_selects
) -> None:
    made(app, cast)
    sara = client_of("Sara")
    sara.get("/leads")
    before = len(count_selects)
    sara.get("/leads")
    few = len(count_selects) - before
    for number in range(2, 12):
        made(app, cast, number)
    before = len(count_selects)
    sara.get("/leads")

    assert len(count_selects) - before == few
