"""Staff, roles and clubs: who may change whom, and what is written down."""

import pytest
from sqlalchemy import select

from clubcrm.accounts.invariants import unaudited_rights
from clubcrm.accounts.models import Role, RoleRight, User, UserState
from clubcrm.core.audit import AuditLine
from clubcrm.core.clubs import ClosedDay, Club
from clubcrm.core.db import unit_of_work
from tests.cast import PASSWORD


def actions(app):
    with app.app_context(), unit_of_work(write=False) as session:
        return [(line.actor, line.action) for line in session.scalars(select(AuditLine)).all()]


def post_of(cast, name, **changed):
    return {"name": name, "email": cast.email_of(name), "role": "desk", **changed}


def test_manager_cannot_make_an_owner(client_of, app):
    wish = {"name": "Eve", "email": "eve@club.example", "role": "owner"}

    answer = client_of("Max").post("/settings/staff/new", data=wish)

    assert answer.status_code == 403
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(User).where(User.name == "Eve")).all() == []


def test_manager_cannot_touch_the_owner(client_of, cast, user_of):
    max_, olga = client_of("Max"), user_of("Olga").public_id

    statuses = [
        max_.post(f"/settings/staff/{olga}", data=post_of(cast, "Olga")).status_code,
        max_.post(f"/settings/staff/{olga}/dismiss").status_code,
        max_.post(f"/settings/staff/{olga}/link").status_code,
        max_.post(f"/settings/staff/{olga}/sign-out").status_code,
    ]

    assert statuses == [403, 403, 403, 403]
    assert (user_of("Olga").role, user_of("Olga").state) == (Role.OWNER, UserState.ACTIVE)


def test_manager_cannot_raise_himself(client_of, cast, user_of):
    me = user_of("Max").public_id

    answer = client_of("Max").post(f"/settings/staff/{me}", data=post_of(cast, "Max", role="owner"))

    assert answer.status_code == 403
    assert user_of("Max").role is Role.MANAGER


def test_staff_of_another_club_do_not_exist_for_a_manager(client_of, user_of):
    max_, zoe = client_of("Max"), user_of("Zoe").public_id

    assert max_.get(f"/settings/staff/{zoe}").status_code == 404
    assert max_.post(f"/settings/staff/{zoe}/dismiss").status_code == 404
    assert "Zoe" not in max_.get("/settings/staff").text
    assert "Zoe" in client_of("Olga").get("/settings/staff").text


def test_only_owner_cannot_leave(client_of, cast, user_of):
    olga, me = client_of("Olga"), user_of("Olga").public_id

    assert olga.post(f"/settings/staff/{me}/dismiss").status_code == 409
    changed = olga.post(f"/settings/staff/{me}", data=post_of(cast, "Olga"))

    assert changed.status_code == 409
    assert "only owner cannot leave" in changed.text
    assert user_of("Olga").role is Role.OWNER


def test_changing_somebodys_address_needs_ones_own_password(client_of, cast, user_of):
    olga, frank = client_of("Olga"), f"/settings/staff/{user_of('Frank').public_id}"
    wish = post_of(cast, "Frank", email="frank.h@club.example")

    refused = olga.post(frank, data={**wish, "current_password": "a guess"})
    assert (refused.status_code, user_of("Frank").email) == (400, "frank@club.example")

    assert olga.post(frank, data={**wish, "current_password": PASSWORD}).status_code == 303
    assert user_of("Frank").email == "frank.h@club.example"


def test_address_that_is_taken_is_named(client_of):
    wish = {"name": "Frank Two", "email": "FRANK@club.example", "role": "desk"}

    answer = client_of("Olga").post("/settings/staff/new", data=wish)

    assert answer.status_code == 400
    assert "signs in with this address already" in answer.text
    assert 'value="Frank Two"' in answer.text


def test_dismissed_can_be_taken_back(client_of, user_of, knock):
    olga, frank = client_of("Olga"), user_of("Frank").public_id
    olga.post(f"/settings/staff/{frank}/dismiss")
    assert knock("Frank").status_code == 400

    olga.post(f"/settings/staff/{frank}/take-back")

    assert knock("Frank").status_code == 303


def test_role_change_is_written_down_with_who_did_it(client_of, cast, user_of, app):
    client_of("Olga").post(
        f"/settings/staff/{user_of('Frank').public_id}",
        data=post_of(cast, "Frank", role="trainer"),
    )

    with app.app_context(), unit_of_work(write=False) as session:
        line = session.scalars(select(AuditLine).where(AuditLine.action == "user changed")).one()
        assert line.actor == f"user:{cast.users['Olga']}"
        assert (line.before or {})["role"] == "desk"
        assert (line.after or {})["role"] == "trainer"


def test_rights_table_changes_a_role_at_once(client_of, app):
    olga, tara = client_of("Olga"), client_of("Tara")
    assert tara.get("/settings/staff").status_code == 403

    olga.post("/settings/roles/trainer", data={"rights": ["staff.see"]})

    assert tara.get("/settings/staff").status_code == 200
    with app.app_context(), unit_of_work(write=False):
        assert unaudited_rights() == []
    assert (f"user:{1}", "right changed") in actions(app)


def test_owner_keeps_every_right(client_of, app):
    olga = client_of("Olga")

    assert olga.post("/settings/roles/owner", data={"rights": []}).status_code == 400
    assert olga.get("/settings/roles").status_code == 200


def test_unknown_right_or_role_changes_nothing(client_of, app):
    olga = client_of("Olga")

    assert olga.post("/settings/roles/desk", data={"rights": ["god.mode"]}).status_code == 400
    assert olga.post("/settings/roles/king", data={"rights": []}).status_code == 404
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(RoleRight)).all() == []


def test_right_changed_behind_the_books_is_found(app, cast):
    with app.app_context(), unit_of_work() as session:
        session.add(RoleRight(role=Role.DESK, right="settings.roles", granted=True))

    with app.app_context(), unit_of_work(write=False):
        assert unaudited_rights() == ["desk holds or lost settings.roles without an audit line"]


def test_owner_opens_a_second_club_and_changes_it(client_of, app):
    olga = client_of("Olga")
    plan = {"name": "Gulshan", "country": "BD", "zone": "", "currency": "", "locale": "en"}

    assert olga.post("/settings/clubs/new", data=plan).status_code == 303
    assert "Gulshan" in olga.get("/settings/clubs").text
    with app.app_context(), unit_of_work(write=False) as session:
        club = session.scalars(select(Club).where(Club.name == "Gulshan")).one()
        address = f"/settings/clubs/{club.public_id}"
    changed = olga.post(
        address,
        data={**plan, "currency": "BDT", "capacity": "120", "opens": "22:00", "closes": "04:00"},
    )

    assert changed.status_code == 303
    page = olga.get(address).text
    assert 'value="120"' in page
    assert 'value="22:00"' in page
    twin = olga.post("/settings/clubs/new", data=plan)
    assert (twin.status_code, "a club of this name" in twin.text) == (400, True)


def test_club_keeps_its_currency(client_of, app, cast):
    with app.app_context(), unit_of_work(write=False) as session:
        address = f"/settings/clubs/{session.get_one(Club, cast.club).public_id}"
    plan = {"name": "Dhanmondi", "country": "BD", "zone": "Asia/Dhaka", "locale": "en"}

    answer = client_of("Olga").post(address, data={**plan, "currency": "EUR"})

    assert answer.status_code == 400
    assert "keeps its currency" in answer.text


def test_closed_day_is_added_and_opened_again(client_of, app, cast):
    olga = client_of("Olga")
    with app.app_context(), unit_of_work(write=False) as session:
        address = f"/settings/clubs/{session.get_one(Club, cast.club).public_id}/closed-days"

    def closed():
        with app.app_context(), unit_of_work(write=False) as session:
            return [(one.day.isoformat(), one.reason) for one in session.scalars(select(ClosedDay))]

    olga.post(address, data={"day": "2026-12-16", "reason": "Victory Day"})
    assert closed() == [("2026-12-16", "Victory Day")]

    olga.post(f"{address}/2026-12-16/open")
    assert closed() == []
    assert olga.post(f"{address}/yesterday/open").status_code == 404


def test_club_outside_the_scope_does_not_exist(client_of, app, cast):
    with app.app_context(), unit_of_work(write=False) as session:
        there = session.get_one(Club, cast.other_club).public_id

    assert client_of("Max").get(f"/settings/clubs/{there}").status_code == 404
    assert client_of("Olga").get(f"/settings/clubs/{there}").status_code == 200


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_colours_follow_the_person(client_of, theme, user_of):
    frank = client_of("Frank")

    assert frank.post("/settings/profile/theme", data={"theme": theme}).status_code == 204

    assert user_of("Frank").theme == theme
    assert f'data-theme-kept="{theme}"' in frank.get("/settings").text


def test_language_follows_the_person(client_of):
    frank = client_of("Frank")

    frank.post("/settings/profile", data={"locale": "ru", "theme": "auto"})

    assert '<html lang="ru"' in frank.get("/settings").text
