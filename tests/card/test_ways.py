"""Whoever has no running contract has a strip, too; what happened is found by days and words."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.leads.api import Arrival, ArrivalChannel, receive
from clubcrm.leads.models import Lead
from clubcrm.people.api import PersonDraft, add_note, change
from clubcrm.people.models import Note, Person
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from tests.card import life
from tests.cast import Cast
from tests.conftest import SelectCounter

ClientOf = Callable[[str], FlaskClient]


def route_part(page: str) -> str:
    """Return the strip of a card as it is written."""
    assert 'id="route"' in page
    return page.split('id="route"')[1].split("</section>")[0]


def test_lead_has_a_strip_of_what_happened_with_its_days(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    asked = clock.now() - timedelta(days=3)
    with app.app_context(), unit_of_work() as session:
        receive(
            Arrival(cast.club, ArrivalChannel.FORM, "Rina Das", "01711000777", at=asked), by="form"
        )
        lead = session.scalars(select(Lead)).one()
        lead.reached_at = asked + timedelta(days=1)
        address = session.get_one(Person, lead.person_id).public_id

    strip = route_part(client_of("Sara").get(f"/members/{address}").text)

    assert "Lead: New" in strip
    assert strip.count("stop-done") == 2
    assert strip.count("stop-next") == 3
    assert "hx-get" not in strip


def test_former_member_has_a_strip_from_the_last_contract_on(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    contract_id = life.sell(app, cast)
    with app.app_context(), unit_of_work() as session:
        contract = session.get_one(Contract, contract_id)
        contract.starts_on = clock.now().date() - timedelta(days=400)
        contract.ends_on = clock.now().date() - timedelta(days=35)
        contract.state = ContractState.ENDED

    strip = route_part(client_of("Frank").get(f"/members/{cast.public['Mia']}").text)

    assert "Former member: " in strip
    assert ">ended<" in strip


def test_timeline_is_found_by_words_and_days_in_as_many_selects(
    app: Flask, cast: Cast, client_of: ClientOf, count_selects: SelectCounter
) -> None:
    mia = cast.members["Mia"]
    with app.app_context(), unit_of_work() as session:
        person = session.get_one(Person, mia)
        for words in ("Locker 41 is broken", "Сломан шкафчик", "100% sure"):
            add_note(person, words, author_id=4)
        draft = PersonDraft("Miriam", person.family_name)
        change(person, draft, person.version, by="user:4")
    with app.app_context(), unit_of_work() as session:
        oldest = session.scalars(select(Note).order_by(Note.id)).first()
        day = clock.local_day(oldest.at, "Asia/Dhaka")
    frank, path = client_of("Frank"), f"/members/{cast.public['Mia']}"

    def lines(query: str) -> str:
        return frank.get(f"{path}?{query}").text.split('id="timeline"')[1]

    assert "Locker 41" in lines("words=locker")
    assert "шкафчик" not in lines("words=locker")
    assert "шкафчик" in lines("words=сломан")
    assert "100% sure" in lines("words=0%25")
    assert "Locker 41" not in lines("words=0%25")
    assert "Given name changed" in lines("show=changes")
    assert "Mia → Miriam" in lines("words=miriam")
    assert "Locker 41" in lines(f"since={day}&until={day}")
    assert "Nothing found" in lines(f"until={day - timedelta(days=1)}")
    assert "Nothing found" in lines("since=2999-01-01&until=nonsense")

    counts = []
    for query in ("", "?words=locker&since=2020-01-01&until=2030-01-01"):
        before = len(count_selects)
        frank.get(path + query)
        counts.append(len(count_selects) - before)
    assert counts[0] == counts[1]
