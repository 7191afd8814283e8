"""Olga, who is no technician, asks five things of her members, keeps the question and mails it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from clubcrm.accounts.models import Role, User, UserState
from clubcrm.core import clock as club_clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.journeys.models import MemberFacts
from clubcrm.journeys.rules.stages import Stage
from clubcrm.messaging.letter_tables import PostedLetter
from clubcrm.people.addresses import keep_address
from clubcrm.people.models import Person
from clubcrm.people.own_fields import FieldOrder, add_field, fill_in
from clubcrm.people.rules.own_fields import OwnKind
from clubcrm.people.rules.postal import Address
from clubcrm.people.tagging import put_tag
from clubcrm.reports.built_fields import SUBJECTS, Asker
from clubcrm.reports.built_jobs import mail_reports
from clubcrm.reports.built_models import BuiltReport, ReportMailing
from clubcrm.reports.built_rows import choices_of, count_rows, groups_of, rows_of
from clubcrm.reports.built_traits import subject_of
from clubcrm.reports.rules.built import OPS, Condition, Definition, Sort
from clubcrm.wiring import TRAITS
from memberships.billing.models import Payment
from memberships.billing.orders import PaymentOrder, Tender
from memberships.billing.payments import take_payment
from tests.cast import Cast, make_member

TODAY = date(2026, 6, 15)  # a Monday
GROUPS = re.compile(r'<th scope="row"><a href="([^"]+)">.*?</td><td class="num">(\d+)</td>')
FIVE = (
    "about=members&f=member&o=is&v=yes&f=last_visit&o=longer&v=14&f=ends&o=next&v=60"
    "&f=frozen&o=is&v=no&f=quiet&o=is&v=no&c=name&c=ends&c=last_visit&s=ends"
)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stand on the morning of a Monday in Dhaka."""
    with time_machine.travel(datetime(2026, 6, 15, 6, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def crowd(app: Flask, cast: Cast, clock: object) -> None:
    """Ten members: Asha0 to Asha3 are silent and end soon, each other misses one condition."""
    with app.app_context(), unit_of_work():
        for number in range(10):
            person = make_member(f"Asha{number}", club=cast.club, phone=f"+88017110001{number:02}")
            person.do_not_contact = number == 4
            db.session.add(
                MemberFacts(
                    person_id=person.id,
                    club_id=cast.club,
                    as_of=TODAY,
                    contract_id=None,
                    joined_on=date(2025, number % 6 + 1, 1),
                    ends_on=TODAY + timedelta(days=90 if number == 5 else 10 + number),
                    last_visit_on=TODAY - timedelta(days=3 if number == 6 else 20),
                    is_frozen=number == 7,
                    stage=Stage.AT_RISK if number < 4 else Stage.ACTIVE,
                    v28=number,
                )
            )
            take_payment(
                PaymentOrder(
                    cast.club,
                    person.id,
                    10_000 * (number + 1),
                    Tender.CARD_TERMINAL,
                    "t",
                    str(number),
                ),
                by="user:1",
            )


def count_on(page: str) -> int:
    found = re.search(r"data-count>([\d,]+)<", page)
    assert found is not None
    return int(found[1].replace(",", ""))


@pytest.mark.usefixtures("crowd")
def test_five_conditions_find_exactly_those_who_meet_all_of_them(client_of, app) -> None:
    with app.app_context(), unit_of_work():
        facts = select(MemberFacts).order_by(MemberFacts.person_id)
        for number, one in enumerate(db.session.scalars(facts)):
            one.contract_id = None if number >= 8 else one.contract_id
    olga = client_of("Olga")
    question = FIVE.replace("f=member&o=is&v=yes", "f=member&o=is&v=no")

    page = olga.get(f"/reports/own/build?{question}").text

    names = re.findall(r'<a href="/members/\w+">(Asha\d)', page)
    assert names == ["Asha0", "Asha1", "Asha2", "Asha3", "Asha8", "Asha9"]
    assert count_on(page) == 6
    assert page.count("<tr data-row>") == 6


@pytest.mark.usefixtures("crowd")
def test_each_group_opens_as_many_rows_as_it_says(client_of) -> None:
    olga = client_of("Olga")
    pages = [
        "about=members&g=stage",
        "about=members&g=joined&n=average:visits_28",
        "about=payments&f=day&o=last&v=365&g=day&n=sum:amount",
        "about=payments&g=taken_by&n=sum:amount",
        "about=members&g=frozen",
    ]

    wrong = []
    for page in pages:
        text = olga.get(f"/reports/own/build?{page}").text
        rows = re.findall(
            r'<th scope="row"><a href="([^"]+)">.*?</td><td class="num">(\d+)</td>', text
        )
        assert rows, page
        for address, said in rows:
            found = count_on(olga.get(unescape(address)).text)
            if found != int(said):
                wrong.append((page, address, said, found))

    assert wrong == []


@pytest.mark.usefixtures("crowd")
def test_money_is_typed_and_summed_in_the_clubs_currency(client_of) -> None:
    olga = client_of("Olga")

    rich = olga.get("/reports/own/build?about=payments&f=amount&o=at_least&v=800").text
    months = olga.get("/reports/own/build?about=payments&g=day&n=sum:amount").text

    assert count_on(rich) == 3
    assert "5,500.00" in months


@pytest.mark.usefixtures("crowd")
def test_a_table_taken_along_holds_every_row_and_no_formula(client_of, app) -> None:
    with app.app_context(), unit_of_work():
        person = db.session.scalars(select(Person).where(Person.given_name == "Asha3")).one()
        person.given_name = "=1+1"
    olga = client_of("Olga")

    sheet = olga.get("/reports/own/build?about=members&c=name&c=visits_28&s=name&as=csv")

    lines = sheet.get_data().decode("utf-8-sig").splitlines()
    assert lines[0] == "Name,Visits in 28 days"
    assert len(lines) == 11
    assert "'=1+1,3" in lines
    book = olga.get("/reports/own/build?about=members&as=xlsx")
    assert book.data.startswith(b"PK")


@pytest.mark.usefixtures("crowd")
def test_a_kept_question_is_found_again_changed_shared_and_taken_back(client_of, app) -> None:
    olga, max_ = client_of("Olga"), client_of("Max")
    arguments = [tuple(pair.split("=")) for pair in FIVE.split("&")]
    fields: dict[str, list[str]] = {}
    for name, value in arguments:
        fields.setdefault(name, []).append(value)

    kept = olga.post("/reports/own", data={**fields, "name": "Slipping away"})
    twice = olga.post("/reports/own", data={**fields, "name": "Slipping away"})
    page = kept.location
    hidden = max_.get(page)
    olga.post(f"{page}/share", data={"shared": "1"})
    seen = max_.get(page)
    changed = max_.post(page, data={**fields, "name": "Mine now"})
    olga.post(page, data={"about": "members", "f": "frozen", "o": "is", "v": "yes", "name": "Ice"})
    dropped = olga.post(f"{page}/drop")
    gone = olga.get(page)
    olga.post(f"{page}/back")

    assert twice.status_code == 400
    assert "You have a report of this name already." in twice.text
    assert hidden.status_code == 404
    assert 'value="60"' in seen.text
    assert changed.status_code == 403
    assert "dropped=" in dropped.location
    assert gone.status_code == 404
    assert count_on(olga.get(page).text) == 1
    with app.app_context(), unit_of_work(write=False):
        report = db.session.scalars(select(BuiltReport)).one()
        assert (report.name, report.definition["conditions"]) == ("Ice", [["frozen", "is", "yes"]])


def mail(app: Flask, cast: Cast, day: date) -> int:
    with app.app_context():
        return mail_reports(
            JobContext("mail-reports", "test", club_clock.now(), cast.club, day)
        ).done


@pytest.mark.usefixtures("crowd")
def test_it_is_mailed_each_monday_as_long_as_its_reader_may_see_reports(
    client_of, app, cast
) -> None:
    max_ = client_of("Max")
    page = max_.post("/reports/own", data={"about": "members", "name": "All"}).location
    max_.post(f"{page}/mail", data={"rhythm": "weekly", "weekday": "0", "kind": "csv"})

    early = mail(app, cast, date(2026, 6, 21))
    first = mail(app, cast, date(2026, 6, 22))
    again = mail(app, cast, date(2026, 6, 22))
    with app.app_context(), unit_of_work():
        letter = db.session.scalars(select(PostedLetter)).one()
        assert letter.address == "max@club.example"
        assert letter.subject == "All · Dhanmondi"
        assert letter.paper is not None
        assert len(letter.paper.decode("utf-8-sig").splitlines()) == 11
        db.session.get_one(User, cast.users["Max"]).role = Role.TRAINER
    after = mail(app, cast, date(2026, 6, 29))

    assert (early, first, again, after) == (0, 1, 0, 0)
    with app.app_context(), unit_of_work(write=False):
        stopped = db.session.scalars(select(ReportMailing)).one()
        assert (stopped.is_active, stopped.why_stopped) == (False, "no_right")


@pytest.mark.usefixtures("crowd")
def test_nobody_who_was_dismissed_gets_a_report(client_of, app, cast) -> None:
    page = client_of("Max").post("/reports/own", data={"about": "members", "name": "A"}).location
    client_of("Max").post(f"{page}/mail", data={"rhythm": "daily"})
    with app.app_context(), unit_of_work():
        db.session.get_one(User, cast.users["Max"]).state = UserState.DISMISSED

    assert mail(app, cast, date(2026, 6, 16)) == 0


@pytest.mark.usefixtures("crowd")
def test_every_field_may_be_asked_shown_sorted_and_grouped_by(app, cast) -> None:
    asker = Asker(cast.club, TODAY, "BDT")
    values = {Sort.NUMBER: "3", Sort.MONEY: "3", Sort.FLAG: "yes", Sort.DAY: "14"}
    with app.app_context(), unit_of_work(write=False):
        for about in SUBJECTS:
            subject = subject_of(about, asker)
            for name, field in subject.fields.items():
                # Traits hang on people in the same way wherever people stand.
                if field.trait is not None and about != "members":
                    continue
                for op in OPS[field.sort]:
                    value = values.get(field.sort, "a")
                    value = "2026-01-01" if op.value in ("since", "until") else value
                    asked = Definition(about, (Condition(name, op, value),), columns=(name,))
                    count = count_rows(asked, subject, asker)
                    assert len(rows_of(asked, subject, asker, limit=None)) == count
                shown = Definition(about, columns=(name,), sort=name, descending=True)
                rows_of(shown, subject, asker, limit=3)
                if name in subject.shape.groups:
                    sums = groups_of(Definition(about, group=name), subject, asker)
                    assert sum(one.count for one in sums) == count_rows(shown, subject, asker)
                if field.sort is Sort.CHOICE:
                    choices_of(field, subject)


@pytest.mark.usefixtures("crowd")
def test_everything_segments_know_of_people_is_asked_shown_and_summed_too(client_of, app, cast):
    with app.app_context(), unit_of_work():
        kept = add_field(FieldOrder("Locker", OwnKind.NUMBER), by="user:1")
        secret = add_field(FieldOrder("Wage", OwnKind.NUMBER, roles=("owner",)), by="user:1")
        hidden = f"t_own_{secret.public_id}"
        asked = select(Person).where(Person.given_name.like("Asha%")).order_by(Person.id)
        people = db.session.scalars(asked).all()
        for person in people[:3]:
            fill_in(person, {kept.public_id: "7"}, role="owner", by="user:1")
            vip = put_tag(person, "VIP", by="user:1").public_id
        where = Address("BD", "House 9\nRoad 4", city="Dhaka", postal_code="1213")
        keep_address(people[0], where, by="user:1")
        locker, names = f"t_own_{kept.public_id}", [one.given_name for one in people[:3]]
    olga = client_of("Olga")

    form = olga.get("/reports/own/build?about=members").text
    many = olga.get(f"/reports/own/build?about=members&f={locker}&o=at_least&v=7&c=name").text
    tagged = olga.get(
        f"/reports/own/build?about=payments&f=t_tag&o=has&v={vip}&c=name&c=t_tag&c=t_age&as=csv"
    )
    told = olga.get(f"/reports/own/build?about=members&g=member&n=sum:{locker}").text
    living = olga.get(
        "/reports/own/build?about=members&f=t_town&o=is&v=Dhaka&c=street&c=t_postal_code&as=csv"
    )

    assert all(f'value="t_{trait.code}"' in form for trait in TRAITS)
    assert hidden in form
    assert hidden not in client_of("Max").get("/reports/own/build?about=members").text
    assert re.findall(r'<a href="/members/\w+">(Asha\d)', many) == names[::-1]
    lines = tagged.get_data().decode("utf-8-sig").splitlines()
    assert sorted(line.split(",")[1] for line in lines[1:]) == ["VIP"] * 3
    assert ">21<" in told
    rows = living.get_data().decode("utf-8-sig").splitlines()
    assert rows[1:] == ['"House 9, Road 4",1213']


@pytest.mark.usefixtures("crowd")
def test_another_clubs_rows_are_never_found(app, cast) -> None:
    with app.app_context(), unit_of_work(write=False):
        for about in SUBJECTS:
            asker = Asker(cast.other_club, TODAY, "EUR")
            assert count_rows(Definition(about), subject_of(about, asker), asker) == 0
        assert db.session.scalar(select(Payment.id).limit(1)) is not None


def test_a_goal_is_set_measured_and_closed(client_of, app, cast, crowd) -> None:
    olga = client_of("Olga")
    with app.app_context(), unit_of_work(write=False):
        owner = db.session.get_one(User, cast.users["Max"]).public_id
    goal = {"figure": "taken", "target": "9000", "due_on": "2026-08-01", "owner": owner}

    missing = olga.post("/reports/goals", data={**goal, "owner": "", "due_on": "2026-01-01"})
    past = olga.post("/reports/goals", data={**goal, "due_on": "2026-01-01"})
    unknown = olga.post("/reports/goals", data={**goal, "figure": "first_contact"})
    olga.post("/reports/goals", data=goal)
    page = olga.get("/reports/goals").text
    closing = re.search(r'action="(/reports/goals/\w+/close)"', page)
    assert closing is not None
    closed = olga.post(closing[1], follow_redirects=True).text
    refused = client_of("Anna").post("/reports/goals", data=goal)

    assert "Choose who answers for it." in missing.text
    assert 'value="9000"' in missing.text
    assert "Choose a day to come." in past.text
    assert "This figure is not known yet" in unknown.text
    assert "5,500.00" in page
    assert "of ৳9,000.00 by" in page or "9,000.00 by" in page
    assert "0% of the way" in page
    assert "missed" in closed
    assert refused.status_code == 403
