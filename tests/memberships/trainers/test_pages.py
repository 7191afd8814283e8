"""The trainer's phone and the desk: three taps to a session, proof, undo, own clients only."""

import re
from datetime import date

import pytest
from sqlalchemy import select, update

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from memberships.packages.models import PackageLot
from memberships.trainers.clients import assign_client, release_client
from memberships.trainers.models import TrainerClient, TrainerSession
from memberships.trainers.rules import SessionState
from memberships.trainers.services import code_today
from tests.cast import make_member
from tests.memberships.conftest import SARA
from tests.memberships.packages.shop import make_product, sell

LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def mia(app, cast) -> str:
    """Mia is Tara's client and has ten sessions."""
    with app.app_context(), unit_of_work():
        assign_client(cast.users["Tara"], cast.members["Mia"], by=SARA)
        sell(cast)
    return cast.public["Mia"]


@pytest.fixture
def tara(client_of):
    return client_of("Tara")


def sessions(app) -> list[tuple[SessionState, str]]:
    with app.app_context(), unit_of_work(write=False):
        rows = db.session.scalars(select(TrainerSession).order_by(TrainerSession.id))
        return [(row.state, row.confirmation.value) for row in rows]


def balance(app) -> int:
    with app.app_context(), unit_of_work(write=False):
        return db.session.scalar(select(PackageLot.remaining)) or 0


def test_a_session_is_logged_in_three_taps(app, mia, tara):
    """A6.2: the place in the rail, the client, the button."""
    start = tara.get("/")
    assert start.location == "/trainer"
    today = tara.get("/trainer")
    assert f'href="/trainer/clients/{mia}"' in today.text
    page = tara.get(f"/trainer/clients/{mia}")
    assert 'name="outcome" value="complete"' in page.text

    done = tara.post(f"/trainer/clients/{mia}/sessions", data={"outcome": "complete"})

    assert done.status_code == 303
    assert "<strong>9 are left.</strong>" in tara.get(done.location).text
    assert (sessions(app), balance(app)) == ([(SessionState.COMPLETE, "unconfirmed")], 9)


def test_the_code_of_the_day_confirms_on_the_phone(app, mia, tara):
    with app.app_context(), unit_of_work(write=False):
        code = code_today(mia, "Asia/Dhaka")
    wrong = "0000" if code != "0000" else "0001"

    answer = tara.post(
        f"/trainer/clients/{mia}/sessions", data={"outcome": "complete", "code": wrong}
    )
    assert sessions(app) == [(SessionState.COMPLETE, "unconfirmed")]
    tara.post(f"{answer.location}/confirm", data={"code": code})

    assert sessions(app) == [(SessionState.COMPLETE, "code")]


def test_a_signature_is_drawn_and_shown(app, mia, tara):
    made = tara.post(f"/trainer/clients/{mia}/sessions", data={"outcome": "complete"})

    tara.post(f"{made.location}/confirm", data={"signature": "M10 20L30 40"})

    assert sessions(app) == [(SessionState.COMPLETE, "signature")]
    assert 'd="M10 20L30 40"' in tara.get(made.location).text


def test_undo_asks_why_and_gives_the_unit_back(app, mia, tara):
    made = tara.post(f"/trainer/clients/{mia}/sessions", data={"outcome": "no_show"})
    assert balance(app) == 9

    silent = tara.post(f"{made.location}/undo", data={"reason": ""})
    tara.post(f"{made.location}/undo", data={"reason": "He came after all"})

    assert silent.status_code == 400
    assert (sessions(app)[0][0], balance(app)) == (SessionState.REVERSED, 10)
    assert "He came after all" in tara.get(made.location).text


def test_the_next_session_is_planned_and_stands_in_the_day(app, mia, tara):
    planned = tara.post(f"/trainer/clients/{mia}/plan", data={"day": "2020-01-01", "time": "18:00"})
    assert planned.status_code == 400
    assert "Choose a time within the coming year." in planned.text


def test_a_foreign_client_is_not_there(app, cast, mia, tara):
    """A16.2: after Mia has another trainer, every address of hers answers 404."""
    made = tara.post(f"/trainer/clients/{mia}/sessions", data={"outcome": "complete"})
    with app.app_context(), unit_of_work():
        db.session.query(TrainerSession).one().trainer_id = None
        release_client(cast.users["Tara"], cast.members["Mia"], by=SARA)
        db.session.execute(update(TrainerClient).values(from_on=LONG_AGO, until_on=LONG_AGO))

    answers = [
        tara.get(f"/trainer/clients/{mia}"),
        tara.post(f"/trainer/clients/{mia}/sessions", data={"outcome": "complete"}),
        tara.post(f"/trainer/clients/{mia}/plan", data={"day": "2030-01-01", "time": "18:00"}),
        tara.get(made.location),
        tara.post(f"{made.location}/undo", data={"reason": "x"}),
        tara.get(f"/members/{mia}/training"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5 + [403]
    assert len(sessions(app)) == 1


def test_a_trainer_reads_nothing_of_debts(app, cast, mia, tara):
    """The unpaid invoice of the package stands on the card, and on no page of the trainer."""
    for address in ("/trainer", f"/trainer/clients/{mia}"):
        text = tara.get(address).text
        assert not re.search(r"৳|BDT|\bowes?\b|\bdebt|invoice", text, re.IGNORECASE), address


def test_only_trainers_have_the_place_in_their_rail(client_of, mia, tara):
    assert 'href="/trainer"' in tara.get("/trainer").text
    assert 'href="/trainer"' not in client_of("Olga").get("/desk").text
    assert client_of("Max").get("/trainer").status_code == 403


def test_few_units_are_marked_at_the_desk_and_on_the_phone(app, cast, client_of, mia, tara):
    for _held in range(8):
        tara.post(f"/trainer/clients/{mia}/sessions", data={"outcome": "complete"})

    assert "2 sessions left" in tara.get("/trainer").text
    assert "2 sessions left" in client_of("Frank").get(f"/members/{mia}").text


def test_the_desk_shows_what_a_package_gives_before_it_is_sold(app, cast, client_of):
    with app.app_context(), unit_of_work():
        product = make_product(cast).public_id
    frank, mia = client_of("Frank"), cast.public["Mia"]
    address = f"/members/{mia}/packages/new"

    shown = frank.get(f"{address}?product={product}")
    assert "৳12,000.00" in shown.text
    assert "Sell for" in shown.text
    stale = frank.post(address, data={"product": product, "seen_price": "1"})
    assert stale.status_code == 409
    sold = frank.post(address, data={"product": product, "seen_price": "1200000"})

    assert sold.status_code == 303
    assert "10 of 10" in frank.get(sold.location).text


def test_a_manager_corrects_transfers_and_takes_back(app, cast, client_of, mia):
    max_ = client_of("Max")
    with app.app_context(), unit_of_work(write=False):
        package = db.session.scalar(select(PackageLot.public_id))
    address = f"/packages/{package}"

    wrong = max_.post(f"{address}/correct", data={"delta": "-11", "reason": "Counted"})
    max_.post(f"{address}/correct", data={"delta": "-1", "reason": "Counted again"})
    nobody = max_.post(f"{address}/transfer", data={"member": "Nina", "units": 1, "reason": "x"})
    max_.post(f"{address}/take-back", data={"reason": "Moves away"})

    assert (wrong.status_code, nobody.status_code) == (409, 400)
    assert "Nobody matches." in nobody.text
    assert balance(app) == 0
    assert "Counted again" in max_.get(address).text
    assert client_of("Frank").post(f"{address}/take-back", data={"reason": "x"}).status_code == 403


def test_a_package_is_put_on_sale_edited_and_withdrawn(client_of):
    olga = client_of("Olga")
    fields = {
        "name": "Five massages", "service": "massage", "units": "5", "price": "5000",
        "low_mark": "1", "no_show": "unit", "late_cancel": "nothing", "late_cancel_hours": "12",
        "trainer_choice": "any",
    }  # fmt: skip
    wrong = olga.post("/settings/packages/new", data={**fields, "units": "0"})
    olga.post("/settings/packages/new", data=fields)

    shown = olga.get("/settings/packages").text
    (address,) = re.findall(r'href="(/settings/packages/[a-z0-9]{14})"', shown)
    olga.post(address, data={**fields, "price": "5500", "seen_version": "1"})
    olga.post(f"{address}/withdraw")

    assert wrong.status_code == 400
    assert "Expected a number from 1 to 500." in wrong.text
    after = olga.get("/settings/packages").text
    assert "5,500.00" in after
    assert "Withdrawn" in after


def test_the_desk_gives_a_client_to_a_trainer_and_logs(app, cast, client_of):
    frank, mia = client_of("Frank"), cast.public["Mia"]
    with app.app_context(), unit_of_work():
        sell(cast)
    page = frank.get(f"/members/{mia}/training").text
    (trainer,) = set(re.findall(r'<option value="([a-z0-9]{14})"', page))

    frank.post(f"/members/{mia}/training/trainers", data={"trainer": trainer})
    frank.post(f"/members/{mia}/training/sessions", data={"trainer": trainer})

    shown = frank.get(f"/members/{mia}/training").text
    assert "9 of 10" in shown
    assert client_of("Tara").get(f"/trainer/clients/{mia}").status_code == 200


def test_a_trainer_describes_himself_and_takes_no_further_clients(app, cast, mia, tara, client_of):
    with app.app_context(), unit_of_work():
        nora = make_member("Nora", "Das", club=cast.club)
        nora_id, page = nora.id, f"/members/{nora.public_id}/training"
    max_ = client_of("Max")
    assert "Give to this trainer" in max_.get(page).text

    done = tara.post("/trainer/profile", data={"headline": "Strength and mobility"})

    assert done.status_code == 303
    form = tara.get("/trainer/profile").text
    assert 'value="Strength and mobility"' in form
    assert "checked" not in form
    assert "Strength and mobility" in max_.get(f"/members/{mia}/training").text
    assert "Give to this trainer" not in max_.get(page).text
    with app.app_context(), unit_of_work(), pytest.raises(DomainError) as refusal:
        assign_client(cast.users["Tara"], nora_id, by=SARA)
    assert refusal.value.code == "TAKES_NO_CLIENTS"


def test_a_line_that_is_too_long_is_refused_and_kept(tara):
    refused = tara.post("/trainer/profile", data={"headline": "x" * 201, "takes_clients": "1"})

    assert refused.status_code == 400
    assert "x" * 201 in refused.text
