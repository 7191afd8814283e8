"""Signing in and out: who gets in, what the cookie is, and that sessions end when they should."""

import re
from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import select

from clubcrm.accounts.models import RoleRight, User, UserSession, UserState
from clubcrm.accounts.rules.addresses import safe_next
from clubcrm.core.clock import now
from clubcrm.core.db import unit_of_work
from tests.accounts.conftest import is_signed_in
from tests.cast import PASSWORD

FOREIGN = (
    "//evil.example",
    "///evil.example",
    "////evil.example/a",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "HTTPS://evil.example",
    "http:\\\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/\n/evil.example",
    "\r\n//evil.example",
    "/%0d%0a\r\nSet-Cookie:a=b",
    "//evil.example@club.example",
    "//%65vil.example",
    "?next=//evil.example",
    "#//evil.example",
    "",
    "ftp://evil.example",
    "/" + "a" * 2001,
    "/\u2028/evil.example",
    "mailto:evil@evil.example",
)


def test_right_password_opens_the_house(knock, app):
    client = app.test_client()

    answer = knock("Frank", client=client)

    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)


def test_unknown_wrong_and_dismissed_get_one_answer(knock, app, cast):
    with app.app_context(), unit_of_work() as session:
        session.get_one(User, cast.users["Tara"]).state = UserState.DISMISSED
    tries = (
        knock("Frank", "not the password of Frank", address="203.0.113.1"),
        knock("nobody@club.example", PASSWORD, address="203.0.113.2"),
        knock("Tara", PASSWORD, address="203.0.113.3"),
    )

    own = re.compile(r'[a-z]+@club\.example|(content|value)="I[^"]+"')  # address, CSRF token
    pages = [own.sub("", answer.text) for answer in tries]

    assert [answer.status_code for answer in tries] == [400, 400, 400]
    assert "do not fit together" in pages[0]
    assert pages[0] == pages[1] == pages[2]


def test_unknown_account_costs_the_same_statements(knock, count_selects):
    def asked(name):
        before = len(count_selects)
        knock(name, "not the password", address=f"203.0.113.{before % 200}")
        return len(count_selects) - before

    knock("Frank", "not the password")  # the first request also warms what is kept

    assert asked("Olga") == asked("nobody@club.example")


@pytest.mark.parametrize(
    "typed", [PASSWORD + " ", " " + PASSWORD, PASSWORD.upper(), PASSWORD.replace(" ", "")]
)
def test_password_counts_exactly_as_typed(knock, typed):
    assert knock("Frank", typed).status_code == 400


def test_weak_old_hash_is_renewed_at_sign_in(app, cast, knock, user_of):
    with app.app_context(), unit_of_work() as session:
        frank = session.get_one(User, cast.users["Frank"])
        frank.password_hash = PasswordHasher(1, 8, 1).hash(PASSWORD)

    knock("Frank")

    assert "$argon2id$v=19$m=19456,t=2,p=1$" in (user_of("Frank").password_hash or "")


def test_planted_session_cookie_is_worthless_after_sign_in(knock, app):
    client = app.test_client()
    with client.session_transaction() as planted:
        planted["_user_id"] = "a-secret-the-attacker-knows"
        planted["planted"] = "yes"
    knock("Frank", client=client)

    with client.session_transaction() as kept:
        assert "planted" not in kept
        secret = kept["_user_id"]

    assert secret != "a-secret-the-attacker-knows"
    assert len(secret) >= 43  # 256 bits in base64


def test_store_keeps_only_the_hash_of_the_session(knock, app):
    client = app.test_client()
    knock("Frank", client=client)
    with client.session_transaction() as kept:
        secret = kept["_user_id"]

    with app.app_context(), unit_of_work(write=False) as session:
        stored = session.scalars(select(UserSession.token_hash)).all()

    assert len(stored) == 1
    assert secret not in stored


def test_cookie_is_locked_down_on_plain_http(knock):
    cookies = knock("Frank").headers.getlist("Set-Cookie")

    assert [line.split("=")[0] for line in cookies] == ["clubcrm-device", "clubcrm"]
    assert all("HttpOnly" in line and "SameSite=Lax" in line for line in cookies)
    assert all("Domain=" not in line and "Path=/" in line for line in cookies)


def test_cookie_has_host_prefix_under_tls(open_app, cast):
    secure = open_app(CLUBCRM_PUBLIC_URL="https://club.example")

    answer = secure.test_client().post(
        "/sign-in",
        data={"email": cast.email_of("Frank"), "password": PASSWORD},
        base_url="https://club.example",
    )

    cookies = answer.headers.getlist("Set-Cookie")
    assert [line.split("=")[0] for line in cookies] == ["__Host-clubcrm-device", "__Host-clubcrm"]
    assert all("Secure" in line and "Domain=" not in line for line in cookies)


def test_old_cookie_is_dead_after_sign_out(knock, app):
    client = app.test_client()
    knock("Frank", client=client)
    stolen = client.get_cookie("clubcrm").value
    client.post("/sign-out")

    thief = app.test_client()
    thief.set_cookie("clubcrm", stolen)

    assert thief.get("/settings/profile").location.startswith("/sign-in")
    assert thief.get("/api/v1/members").status_code == 401


def test_password_change_ends_other_sessions_only(client_of):
    here, elsewhere = client_of("Frank"), client_of("Frank")

    answer = here.post(
        "/settings/profile/password",
        data={"current_password": PASSWORD, "new_password": "seven quiet river stones"},
    )

    assert answer.status_code == 303
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)


def test_password_change_needs_the_present_one(client_of, knock):
    answer = client_of("Frank").post(
        "/settings/profile/password",
        data={"current_password": "a guess at it", "new_password": "seven quiet river stones"},
    )

    assert answer.status_code == 400
    assert "not your present password" in answer.text
    assert knock("Frank").status_code == 303


def test_address_change_needs_the_password_and_ends_others(client_of, knock):
    here, elsewhere = client_of("Frank"), client_of("Frank")
    wish = {"email": "franky@club.example"}

    refused = here.post("/settings/profile/address", data={**wish, "current_password": "a guess"})
    taken = here.post("/settings/profile/address", data={**wish, "current_password": PASSWORD})

    assert (refused.status_code, taken.status_code) == (400, 303)
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert knock("franky@club.example").status_code == 303


def test_new_role_signs_out_at_once(client_of, cast, user_of):
    frank, olga = client_of("Frank"), client_of("Olga")

    olga.post(
        f"/settings/staff/{user_of('Frank').public_id}",
        data={"name": "Frank", "email": cast.email_of("Frank"), "role": "trainer"},
    )

    assert not is_signed_in(frank)


def test_dismissed_user_is_out_at_the_next_request(client_of, user_of, knock):
    frank, olga = client_of("Frank"), client_of("Olga")

    olga.post(f"/settings/staff/{user_of('Frank').public_id}/dismiss")

    assert not is_signed_in(frank)
    assert knock("Frank").status_code == 400


def test_taken_right_is_gone_within_the_session(client_of, app):
    max_ = client_of("Max")
    assert max_.get("/settings/clubs").status_code == 200

    with app.app_context(), unit_of_work() as session:
        session.add(RoleRight(role="manager", right="settings.clubs", granted=False))

    assert max_.get("/settings/clubs").status_code == 403


def test_owner_ends_anybodys_session(client_of):
    frank, olga = client_of("Frank"), client_of("Olga")
    page = olga.get("/settings/sessions").text
    assert "Frank" in page

    refs = [part.split("/end")[0] for part in page.split("/settings/sessions/")[1:]]
    assert len(refs) == 1  # one's own session has no button

    assert olga.post(f"/settings/sessions/{refs[0]}/end").status_code == 303
    assert not is_signed_in(frank)
    assert is_signed_in(olga)


def test_desk_sees_and_ends_only_own_sessions(client_of, app, cast):
    frank, olga = client_of("Frank"), client_of("Olga")
    with app.app_context(), unit_of_work(write=False) as session:
        foreign = session.scalars(
            select(UserSession.token_hash).where(UserSession.user_id == cast.users["Olga"])
        ).one()

    assert "Olga" not in frank.get("/settings/sessions").text
    assert frank.post(f"/settings/sessions/{foreign[:16]}/end").status_code == 404
    assert is_signed_in(olga)


def test_session_ends_after_three_idle_hours(client_of):
    frank = client_of("Frank")

    with time_machine.travel(now() + timedelta(hours=2, minutes=59), tick=False):
        assert is_signed_in(frank)
    with time_machine.travel(now() + timedelta(hours=6), tick=False):
        assert not is_signed_in(frank)


@pytest.mark.parametrize(("name", "hours"), [("Frank", 16), ("Max", 12)])
def test_session_in_use_ends_with_the_shift(client_of, name, hours):
    client, start = client_of(name), now()

    for quarter in range(1, hours * 4):
        with time_machine.travel(start + timedelta(minutes=15 * quarter), tick=False):
            assert is_signed_in(client), quarter

    with time_machine.travel(start + timedelta(hours=hours, minutes=1), tick=False):
        assert not is_signed_in(client)


def test_last_use_is_written_once_in_five_minutes(client_of, app):
    frank = client_of("Frank")

    def last_seen() -> object:
        with app.app_context(), unit_of_work(write=False) as session:
            return session.scalars(select(UserSession.last_seen_at)).one()

    at_sign_in = last_seen()
    with time_machine.travel(now() + timedelta(minutes=4), tick=False):
        frank.get("/settings/profile")
        assert last_seen() == at_sign_in
    with time_machine.travel(now() + timedelta(minutes=6), tick=False):
        frank.get("/settings/profile")
        assert last_seen() == now()


def test_signed_in_request_asks_the_store_twice_who_it_is(client_of, count_selects):
    frank = client_of("Frank")
    before = len(count_selects)

    frank.get("/settings")

    told = [one for one in count_selects.statements[before:] if "user_" in one or "role_" in one]
    assert len(told) == 2


def test_sign_in_goes_on_to_the_wanted_page(knock):
    assert knock("Olga", next="/settings/staff?role=desk").location == "/settings/staff?role=desk"


@pytest.mark.parametrize("target", FOREIGN)
def test_sign_in_never_leads_off_the_site(target):
    assert safe_next(target) == ""


def test_foreign_next_leads_to_the_start_page(knock):
    assert knock("Olga", next="/\\evil.example").location == "/"


def test_remember_cookie_of_the_library_opens_nothing(app, cast):
    client = app.test_client()
    client.set_cookie("remember_token", f"{cast.users['Olga']}|0123456789abcdef")

    assert not is_signed_in(client)
