"""Programs act by bearer tokens, with the rights of a role in the clubs named."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.accounts.api import Role, add_api_token
from clubcrm.accounts.models import ApiToken
from clubcrm.core.clock import now
from clubcrm.core.db import unit_of_work
from clubcrm.core.idempotency import IdempotencyKey
from clubcrm.core.policy import current_actor


@pytest.fixture
def bearer(app, cast):
    def make(role, *club_ids):
        with app.app_context(), unit_of_work():
            return {"Authorization": f"Bearer {add_api_token('script', role, club_ids)[1]}"}

    return make


def actor_of(app, headers):
    with app.test_request_context("/api/v1/members", headers=headers):
        return current_actor()


def test_token_has_the_rights_of_its_role_in_its_clubs(app, cast, bearer):
    actor = actor_of(app, bearer(Role.DESK, cast.other_club))

    assert (actor.kind, actor.role, actor.club_ids) == ("token", "desk", (cast.other_club,))
    assert actor.may("gate.scan")
    assert not actor.may("settings.roles")


def test_token_without_clubs_reaches_every_club(app, cast, bearer):
    actor = actor_of(app, bearer(Role.MANAGER))

    assert actor.club_ids == (cast.club, cast.other_club)


def test_lowered_role_lowers_the_token_at_once(app, bearer, client_of):
    headers = bearer(Role.DESK)
    assert actor_of(app, headers).may("gate.scan")

    client_of("Olga").post("/settings/roles/desk", data={"rights": ["desk.watch"]})

    assert actor_of(app, headers).rights == {"desk.watch"}


@pytest.mark.parametrize(
    "header",
    ["Bearer ", "Bearer wrong", "Bearer club_" + "a" * 43, "Basic b2xnYTpvbGdh", "bearer\tclub_x"],
)
def test_wrong_token_is_nobody(app, cast, header):
    answer = app.test_client().get("/api/v1/members", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.mimetype == "application/problem+json"


def test_owner_makes_a_token_and_revokes_it(client_of, app):
    olga = client_of("Olga")
    page = olga.post("/settings/tokens/new", data={"name": "Website", "role": "sales"}).text
    secret = re.search(r">(club_[\w-]{43})<", page)[1]
    headers = {"Authorization": f"Bearer {secret}"}
    assert actor_of(app, headers).name == "Website"
    listed = olga.get("/settings/tokens").text
    assert secret not in listed

    public_id = re.search(r"/settings/tokens/(\w+)/revoke", listed)[1]
    olga.post(f"/settings/tokens/{public_id}/revoke")

    assert actor_of(app, headers).kind == "nobody"


def test_token_that_may_more_than_its_maker_is_refused(client_of, app):
    client_of("Olga").post(
        "/settings/roles/manager", data={"rights": ["settings.see", "settings.tokens"]}
    )

    answer = client_of("Max").post("/settings/tokens/new", data={"name": "x", "role": "owner"})

    assert answer.status_code == 403
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(ApiToken)).all() == []


def test_store_keeps_only_the_hash_of_a_token(app, bearer):
    secret = bearer(Role.DESK)["Authorization"].removeprefix("Bearer ")

    with app.app_context(), unit_of_work(write=False) as session:
        assert secret not in session.scalars(select(ApiToken.token_hash)).all()


def test_last_use_of_a_token_is_kept(app, bearer):
    headers = bearer(Role.OWNER)
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        app.test_client().get("/settings", headers=headers)

        with app.app_context(), unit_of_work(write=False) as session:
            assert session.scalars(select(ApiToken.last_used_at)).one() == now()


def test_secret_of_a_token_is_not_kept_with_the_key_of_a_form(client_of, app):
    olga, wish = client_of("Olga"), {"name": "Website", "role": "sales"}
    key = {"Idempotency-Key": "form-1"}

    first = olga.post("/settings/tokens/new", data=wish, headers=key)
    again = olga.post("/settings/tokens/new", data=wish, headers=key)

    secret = re.search(r"club_[\w-]{43}", first.text)[0]
    assert (again.status_code, "shown once" in again.text) == (410, True)
    with app.app_context(), unit_of_work(write=False) as session:
        kept = session.scalars(select(IdempotencyKey.body)).one()
        assert secret.encode() not in (kept or b"")
        assert len(session.scalars(select(ApiToken.id)).all()) == 1
