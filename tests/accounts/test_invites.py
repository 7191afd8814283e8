"""First passwords and resets: handed over by a link that works once, within three days."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.accounts import staff
from clubcrm.accounts.api import invite, setup_token
from clubcrm.accounts.models import OneTimeToken, TokenPurpose, User
from clubcrm.core.clock import now
from clubcrm.core.db import unit_of_work
from tests.accounts.conftest import is_signed_in
from tests.cast import PASSWORD

NEW = "seven quiet river stones"


@pytest.fixture
def link_for(app, cast):
    def make(name):
        with app.app_context(), unit_of_work() as session:
            return f"/choose-password/{invite(session.get_one(User, cast.users[name]))}"

    return make


def test_owner_invites_and_the_invited_chooses(client_of, app, knock):
    olga = client_of("Olga")
    page = olga.post(
        "/settings/staff/new", data={"name": "Nina", "email": "nina@club.example", "role": "sales"}
    )
    link = re.search(r"http://localhost(/choose-password/[\w-]{43})", page.text)
    assert link

    stranger = app.test_client()
    assert "Hello Nina" in stranger.get(link[1]).text
    assert knock("nina@club.example", NEW).status_code == 400
    answer = stranger.post(link[1], data={"password": NEW})

    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert knock("nina@club.example", NEW).status_code == 303


def test_link_works_once(link_for, app):
    link, client = link_for("Frank"), app.test_client()

    first = client.post(link, data={"password": NEW})
    second = client.post(link, data={"password": "another quiet lantern"})

    assert (first.status_code, second.status_code) == (303, 400)
    assert "not valid any more" in second.text


def test_opening_the_link_uses_nothing_up(link_for, app):
    link, client = link_for("Frank"), app.test_client()

    for _look in range(3):
        assert client.get(link).status_code == 200

    assert client.post(link, data={"password": NEW}).status_code == 303


def test_weak_password_leaves_the_link_alive(link_for, app):
    link, client = link_for("Frank"), app.test_client()

    refused = client.post(link, data={"password": "short"})

    assert refused.status_code == 400
    assert "at least 12 characters" in refused.text
    assert client.post(link, data={"password": NEW}).status_code == 303


@pytest.mark.parametrize(("hours", "status"), [(71, 303), (73, 400)])
def test_link_lives_three_days(link_for, app, hours, status):
    link = link_for("Frank")

    with time_machine.travel(now() + timedelta(hours=hours), tick=False):
        assert app.test_client().post(link, data={"password": NEW}).status_code == status


def test_newer_link_voids_the_older(link_for, app):
    older, newer = link_for("Frank"), link_for("Frank")

    assert app.test_client().post(older, data={"password": NEW}).status_code == 400
    assert app.test_client().post(newer, data={"password": NEW}).status_code == 303


def test_changed_password_voids_a_link_on_its_way(link_for, client_of, app):
    link = link_for("Frank")
    client_of("Frank").post(
        "/settings/profile/password", data={"current_password": PASSWORD, "new_password": NEW}
    )

    assert (
        app.test_client().post(link, data={"password": "another quiet lantern"}).status_code == 400
    )


def test_reset_kills_sessions(link_for, client_of, app):
    frank = client_of("Frank")

    app.test_client().post(link_for("Frank"), data={"password": NEW})

    assert not is_signed_in(frank)


def test_reset_does_not_skip_the_second_factor(link_for, app, cast, knock):
    with app.app_context(), unit_of_work() as session:
        session.get_one(User, cast.users["Olga"]).otp_secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    app.test_client().post(link_for("Olga"), data={"password": NEW})

    client = app.test_client()
    answer = knock("Olga", NEW, client=client)

    assert answer.location == "/second-factor"
    assert client.get("/settings/profile").location == "/second-factor"


def test_dismissed_person_cannot_use_a_link(link_for, client_of, user_of, app):
    link = link_for("Frank")
    client_of("Olga").post(f"/settings/staff/{user_of('Frank').public_id}/dismiss")

    assert app.test_client().post(link, data={"password": NEW}).status_code == 400


def test_token_serves_its_own_purpose_only(app, cast, unit):
    from_setup = staff.tokens.issue(TokenPurpose.SETUP, cast.users["Olga"])

    assert staff.tokens.owner_of_token(staff.PASSWORD_TOKENS, from_setup) is None
    assert setup_token() is None  # somebody works here already


def test_store_keeps_only_the_hash_of_a_link(link_for, app):
    secret = link_for("Frank").rpartition("/")[2]

    with app.app_context(), unit_of_work(write=False) as session:
        kept = session.scalars(select(OneTimeToken.token_hash)).all()

    assert len(secret) == 43  # 256 bits in base64
    assert secret not in kept


def test_made_up_link_is_void(app, cast):
    answer = app.test_client().get("/choose-password/" + "a" * 43)

    assert answer.status_code == 400
