"""Every route, every role, own and foreign club; made from the address map, so none is missed."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from clubcrm.accounts.models import Role, User
from clubcrm.accounts.queries import rights_table
from clubcrm.core.db import Model, unit_of_work
from clubcrm.core.policy import Policy, policy_of
from tests.cast import STAFF

# Signing out would end the test's own session; it has stories of its own.
LEFT_OUT = {"accounts.sign_out"}
# The use of a session is kept, whatever becomes of the request, and so is that somebody looked:
# both are facts about the reader, and nothing that was read is another one afterwards.
MOVING = {"card_look", "user_session"}
CHANCE = re.compile(r'name="(?:csrf_token|_key)" value="[^"]*"|name="csrf-token" content="[^"]*"')
PERSON_NAMES = ("person_id", "member_id", "public_id")
REFUSED = {400, 403, 404, 409, 415, 422}


@dataclass(frozen=True)
class Door:
    """One method of one route."""

    method: str
    endpoint: str
    arguments: frozenset[str]
    policy: Policy

    def address(self, app, **values: str) -> str:
        """Return the address with stand-ins for the arguments that are not given."""
        rule = next(
            one
            for one in app.url_map.iter_rules(self.endpoint)
            if one.arguments == self.arguments and self.method in (one.methods or ())
        )
        stand_ins = {
            name: 1 if "Integer" in type(rule._converters[name]).__name__ else "1"
            for name in self.arguments
        }
        built = rule.build({**stand_ins, **values}, append_unknown=False)
        assert built is not None
        return built[1]


def doors(app) -> Iterator[Door]:
    for rule in app.url_map.iter_rules():
        policy = policy_of(app.view_functions[rule.endpoint])
        if policy is None or rule.endpoint in LEFT_OUT:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Door(method, rule.endpoint, frozenset(rule.arguments), policy)


def knock_at(client, app, door, **values):
    address = door.address(app, **values)
    if address.startswith("/api/") and door.method != "GET":
        return client.open(address, method=door.method, json={}, buffered=True)
    return client.open(address, method=door.method, buffered=True)


def picture_of(app) -> dict[str, str]:
    """Return a digest of each table, to see whether anything changed."""
    digests = {}
    with app.app_context(), unit_of_work(write=False) as session:
        for table in Model.metadata.sorted_tables:
            if table.name not in MOVING:
                rows = session.execute(select(table).order_by(*table.primary_key.columns)).all()
                digests[table.name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return digests


def held_rights(app, role: Role) -> frozenset[str]:
    with app.app_context(), unit_of_work(write=False):
        return rights_table()[role]


@pytest.mark.parametrize("name", STAFF)
def test_role_passes_exactly_the_doors_it_has_rights_for(client_of, app, name):
    client, rights = client_of(name), held_rights(app, STAFF[name])
    wrong = []

    for door in doors(app):
        if door.policy.kind not in {"right", "signed_in"}:
            continue
        allowed = door.policy.kind == "signed_in" or door.policy.right in rights
        answer = knock_at(client, app, door)
        turned_away = answer.status_code == 403 or "/sign-in" in (answer.location or "")
        if turned_away is allowed or answer.status_code >= 500:
            wrong.append(f"{door.method} {door.address(app)}: {answer.status_code}")

    assert wrong == []


@pytest.mark.parametrize("name", ["Tara", "Boris", "Anna", "Sara", "Frank"])
def test_denied_write_leaves_the_store_as_it_was(client_of, app, name):
    client, rights = client_of(name), held_rights(app, STAFF[name])
    before = picture_of(app)
    denied = [
        door
        for door in doors(app)
        if door.method != "GET" and door.policy.kind == "right" and door.policy.right not in rights
    ]
    assert len(denied) > 20

    statuses = {knock_at(client, app, door).status_code for door in denied}

    assert statuses == {403}
    assert picture_of(app) == before


def test_stranger_passes_no_closed_door(app, cast):
    client, before = app.test_client(), picture_of(app)
    wrong = []

    for door in doors(app):
        if door.policy.kind not in {"right", "signed_in"}:
            continue
        answer = knock_at(client, app, door)
        is_api = door.address(app).startswith("/api/")
        fine = (
            answer.status_code == 401
            if is_api
            else answer.status_code == 302 and answer.location.startswith("/sign-in")
        )
        if not fine:
            wrong.append(f"{door.method} {door.address(app)}: {answer.status_code}")

    assert wrong == []
    assert picture_of(app) == before


@pytest.mark.parametrize("name", ["Max", "Frank"])
def test_member_of_a_foreign_club_is_not_there(client_of, app, cast, name):
    client, rights, before = client_of(name), held_rights(app, STAFF[name]), picture_of(app)
    wrong, seen = [], 0

    for door in doors(app):
        person = next((one for one in PERSON_NAMES if one in door.arguments), None)
        if person is None or door.policy.right not in rights:
            continue
        seen += 1
        answer = knock_at(client, app, door, **{person: cast.public["Zia"]})
        if answer.status_code not in REFUSED or "Brandt" in answer.text:
            wrong.append(f"{door.method} {door.address(app)}: {answer.status_code}")

    assert seen > 10
    assert wrong == []
    assert picture_of(app) == before


def test_member_of_the_own_club_is_there(client_of, app, cast):
    """The positive control: the same doors open for a member of the own club."""
    max_, opened = client_of("Max"), 0

    for door in doors(app):
        person = next((one for one in PERSON_NAMES if one in door.arguments), None)
        if door.method == "GET" and person is not None and len(door.arguments) == 1:
            answer = knock_at(max_, app, door, **{person: cast.public["Mia"]})
            opened += answer.status_code == 200

    assert opened >= 5


def pages_shown(client, app, query="") -> Iterator[tuple[str, str]]:
    for door in doors(app):
        if door.method == "GET" and not door.arguments and door.policy.kind != "device":
            address = door.address(app) + query
            answer = client.get(address, buffered=True)
            if answer.status_code == 200:
                # Keys and tokens are chance, and spell a name now and then.
                yield address, CHANCE.sub("", answer.text)


@pytest.mark.parametrize(
    ("name", "query"),
    [("Max", ""), ("Max", "?q=zia"), ("Max", "?q=493012"), ("Frank", "?q=brandt")],
)
def test_no_list_shows_anybody_of_another_club(client_of, app, name, query):
    client = client_of(name)

    leaks = [
        (address, word)
        for address, text in pages_shown(client, app, query)
        for word in ("Zia", "Brandt", "Zoe", "Mitte")
        if word in text
    ]

    assert leaks == []


def test_owner_of_both_clubs_finds_the_other_member(client_of, app):
    """The positive control: the words above do stand on pages for somebody who may see them."""
    found = [
        address for address, text in pages_shown(client_of("Olga"), app, "?q=zia") if "Zia" in text
    ]

    assert found != []


def test_reading_changes_nothing(client_of, app, cast):
    olga = client_of("Olga")
    before = picture_of(app)
    read = 0

    for door in doors(app):
        if door.method == "GET" and door.policy.kind != "device":
            person = next((one for one in PERSON_NAMES if one in door.arguments), None)
            values = {person: cast.public["Mia"]} if person else {}
            address = door.address(app, **values)
            read += olga.get(address, buffered=True).status_code == 200
            olga.head(address, buffered=True)

    after = picture_of(app)
    assert read > 30
    assert {name for name in before if before[name] != after[name]} <= {"audit_line"}


@pytest.mark.parametrize("address", ["/settings/profile", "/settings/profile/theme"])
def test_fields_that_no_form_offers_change_nothing(client_of, app, cast, address):
    frank = client_of("Frank")

    frank.post(
        address,
        data={
            "theme": "dark",
            "locale": "en",
            "role": "owner",
            "state": "dismissed",
            "email": "eve@evil.example",
            "club_id": str(cast.other_club),
            "otp_secret": "X",
        },
    )

    with app.app_context(), unit_of_work(write=False) as session:
        user = session.get_one(User, cast.users["Frank"])
        assert (user.theme, user.role, user.email) == ("dark", Role.DESK, "frank@club.example")
        assert user.otp_secret is None
