"""Programs and people ring members from a telephone of the club, each wish once."""

import pytest
from flask import Flask
from sqlalchemy import select

from clubcrm.accounts.models import Role
from clubcrm.accounts.tokens import add_api_token
from clubcrm.core.audit import AuditLine
from clubcrm.core.db import unit_of_work
from clubcrm.tickets import calls
from clubcrm.tickets.call_tables import PhoneDial
from clubcrm.tickets.rules.phone import CallDirection, PhoneFact, PhoneKind
from tests.cast import Cast
from tests.tickets.conftest import NOON

pytestmark = pytest.mark.usefixtures("noon", "telephones")
PATH = "/api/v1/calls"


@pytest.fixture
def telephones(app: Flask, cast: Cast) -> None:
    """Frank's telephone, and one in Zoe's club."""
    with app.app_context(), unit_of_work():
        calls.set_extension(cast.club, "101", cast.users["Frank"], by="user:1")
        calls.set_extension(cast.other_club, "201", cast.users["Zoe"], by="user:1")


def bearer(app: Flask, role: Role, clubs: list[int], key: str) -> dict[str, str]:
    with app.app_context(), unit_of_work():
        token = add_api_token(f"script {key}", role, clubs)[1]
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": key}


def dialled(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context(), unit_of_work(write=False) as session:
        rows = session.scalars(select(PhoneDial).order_by(PhoneDial.id))
        return [(one.extension, one.number, one.asked_by) for one in rows]


def test_own_telephone_rings_and_then_the_members(
    app: Flask, cast: Cast, client_of: object
) -> None:
    frank = client_of("Frank")  # type: ignore[operator]

    told = frank.post(PATH, json={"member_id": cast.public["Mia"]})

    assert told.status_code == 202
    assert (told.json["extension"], told.json["number"]) == ("101", "+8801711000001")
    assert dialled(app) == [("101", "+8801711000001", f"user:{cast.users['Frank']}")]
    with app.app_context(), unit_of_work(write=False) as session:
        assert "phone.dialled" in set(session.scalars(select(AuditLine.action)))


def test_who_has_no_telephone_is_told_so_and_nobody_rings_from_anothers(
    app: Flask, cast: Cast, client_of: object
) -> None:
    max_, frank = client_of("Max"), client_of("Frank")  # type: ignore[operator]
    mia = cast.public["Mia"]

    none = max_.post(PATH, json={"member_id": mia})
    others = max_.post(PATH, json={"member_id": mia, "extension": "101"})
    far = frank.post(PATH, json={"member_id": "nobody"})

    assert (none.status_code, none.json["code"]) == (409, "NO_EXTENSION")
    assert (others.status_code, far.status_code) == (400, 404)
    assert dialled(app) == []


def test_program_names_a_telephone_of_its_clubs_and_dials_once(app: Flask, cast: Cast) -> None:
    client, mia = app.test_client(), cast.public["Mia"]
    head = bearer(app, Role.SALES, [cast.club], "one")

    def ring(body: dict[str, str], headers: dict[str, str]) -> int:
        return client.post(PATH, json={"member_id": mia, **body}, headers=headers).status_code

    assert [ring({"extension": "101"}, head) for _twice in range(2)] == [202, 202]
    assert ring({}, {**head, "Idempotency-Key": "two"}) == 409
    assert ring({"extension": "201"}, {**head, "Idempotency-Key": "three"}) == 400
    assert ring({"extension": "101"}, bearer(app, Role.SALES, [cast.other_club], "four")) == 404
    assert ring({"extension": "101"}, bearer(app, Role.BARISTA, [cast.club], "five")) == 403
    assert [extension for extension, _number, _by in dialled(app)] == ["101"]


def test_log_is_read_by_page_and_only_of_ones_clubs(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        for number in range(51):
            fact = PhoneFact(
                PhoneKind.BEGIN,
                NOON,
                "101",
                "01711000001",
                CallDirection.IN,
                outcome="",
                recording="",
            )
            calls.hear(calls.Heard("pbx", f"c{number}", f"k{number}", fact, cast.club))
    client, head = app.test_client(), bearer(app, Role.DESK, [cast.club], "one")

    first = client.get(PATH, headers=head).json
    second = client.get(f"{PATH}?after={first['next']}", headers=head).json
    there = client.get(PATH, headers=bearer(app, Role.DESK, [cast.other_club], "two")).json

    assert (len(first["items"]), len(second["items"]), second["next"]) == (50, 1, None)
    assert {one["member_id"] for one in first["items"]} == {cast.public["Mia"]}
    assert there["items"] == []
