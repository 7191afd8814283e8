"""Clubs, staff, tokens and checks from the shell."""

import json
import re

import pytest
from sqlalchemy import select, text

from clubcrm.accounts.models import ApiToken, ApiTokenClub, Role, User, UserClub, UserSession
from clubcrm.cli.checks import doctor, invariants, routes
from clubcrm.cli.club import club
from clubcrm.cli.token import token
from clubcrm.cli.user import user
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from tests.accounts.conftest import is_signed_in

PASSWORD = "harbour lantern violet eleven"


@pytest.fixture
def shell(app, cast):
    runner = app.test_cli_runner()
    return lambda command, *words, typed=None: runner.invoke(command, words, input=typed)


def read(app, query):
    with app.app_context(), unit_of_work(write=False) as session:
        return session.execute(query).all()


def test_club_add_takes_country_and_currency_from_the_zone(shell, app):
    answer = shell(club, "add", "--name", "Patan", "--zone", "Asia/Kathmandu", "--locale", "ne")

    assert answer.exit_code == 0, answer.output
    query = select(Club.zone, Club.currency, Club.country).where(Club.name == "Patan")
    assert read(app, query) == [("Asia/Kathmandu", "NPR", "NP")]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--name", "Dhanmondi", "--zone", "Asia/Dhaka"), "a club of this name"),
        (("--name", "X", "--zone", "Mars/Base"), "time zone"),
        (("--name", "X", "--zone", "Asia/Dhaka", "--currency", "TAKA"), "currency"),
    ],
)
def test_club_add_refuses_what_cannot_be(shell, words, says):
    answer = shell(club, "add", *words)

    assert answer.exception is not None
    assert says in str(answer.exception)


def test_user_add_reads_the_password_from_standard_input(shell, app, knock):
    words = ("--name", "Nina", "--email", "nina@club.example", "--role", "sales")

    answer = shell(user, "add", *words, "--password-stdin", typed=PASSWORD + "\n")

    assert answer.output == "nina@club.example may sign in\n"
    assert knock("nina@club.example", PASSWORD).status_code == 303
    clubs = select(UserClub.club_id).join(User).where(User.name == "Nina")
    assert len(read(app, clubs)) == 2


def test_user_add_without_password_prints_a_link(shell, app):
    answer = shell(
        user, "add", "--name", "Nina", "--email", "nina@club.example", "--role", "desk",
        "--club", "Mitte",
    )  # fmt: skip

    path = re.fullmatch(r"http://127\.0\.0\.1:8000(/choose-password/\S{43})\n", answer.output)[1]
    done = app.test_client().post(path, data={"password": PASSWORD})
    assert done.status_code == 303


def test_user_reset_signs_out_and_prints_a_link(shell, client_of):
    frank = client_of("Frank")

    answer = shell(user, "reset", "--email", "FRANK@club.example")

    assert "/choose-password/" in answer.output
    assert not is_signed_in(frank)


def test_user_end_sessions_counts_them(shell, client_of, app):
    client_of("Frank")
    client_of("Frank")

    answer = shell(user, "end-sessions", "--email", "frank@club.example")

    assert answer.output == "2 sessions ended\n"
    assert read(app, select(UserSession.id).where(UserSession.ended_at.is_(None))) == []


def test_unknown_person_is_wrong_use(shell):
    answer = shell(user, "reset", "--email", "nobody@club.example")

    assert answer.exit_code == 2
    assert "nobody signs in as nobody@club.example" in answer.output


def test_token_add_prints_the_secret_alone(shell, app, cast):
    answer = shell(token, "add", "--role", "desk", "--club", "Mitte")

    assert re.fullmatch(r"club_[\w-]{43}\n", answer.stdout)
    assert read(app, select(ApiToken.role)) == [(Role.DESK,)]
    assert read(app, select(ApiTokenClub.club_id)) == [(cast.other_club,)]


def test_token_for_an_unknown_club_is_wrong_use(shell, app):
    answer = shell(token, "add", "--role", "desk", "--club", "Atlantis")

    assert answer.exit_code == 2
    assert read(app, select(ApiToken.id)) == []


def test_invariants_hold_on_a_fresh_club(shell):
    answer = shell(invariants, "--json")

    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.output)
    assert {"I7", "I13", "I14"} <= set(found)
    assert all(rows == [] for rows in found.values())


def test_invariants_name_the_broken_row(shell, app):
    shell(token, "add", "--role", "desk")
    with app.app_context(), unit_of_work():
        line = "UPDATE audit_line SET action = 'nothing happened'"
        drop_guard(app)
        db.session.execute(text(line))

    answer = shell(invariants)

    assert answer.exit_code == 1
    assert "I7: 1 rows" in answer.output
    assert "its content was changed" in answer.output
    assert "I13: holds" in answer.output


def drop_guard(app):
    """Take away what stops us; a thief with the file in hand would do the same."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("DROP TRIGGER audit_line_no_update"))
    else:
        db.session.execute(text("ALTER TABLE audit_line DISABLE TRIGGER ALL"))


def test_doctor_finds_a_fresh_club_fit(shell):
    answer = shell(doctor, "--json")

    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.output)
    assert found["schema"]["state"] == found["store"]["state"] == "fine"
    assert found["invariants"]["state"] == "fine"
    assert found["scheduler"]["state"] == "hint"


def test_doctor_sees_a_foreign_schema(shell, app):
    with app.app_context(), unit_of_work():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    answer = shell(doctor)

    assert answer.exit_code == 1
    assert "BAD   schema: stored 0000" in answer.output


def test_routes_list_each_right(shell, app):
    answer = shell(routes, "--policy", "--json")

    listed = {(line["route"], tuple(line["methods"])): line for line in json.loads(answer.output)}
    assert len(listed) == len({(r.rule, r.endpoint) for r in app.url_map.iter_rules()})
    assert listed["/settings/roles", ("GET",)]["right"] == "settings.roles"
    assert listed["/sign-in", ("GET", "POST")]["policy"] == "public"
    assert all(line["right"] or line["why"] for line in listed.values())
