"""The second factor: who needs it from when on, and that no code works twice."""

import re
import threading
from datetime import timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import select, update

from clubcrm.accounts import second_factor
from clubcrm.accounts.models import RecoveryCode, User
from clubcrm.accounts.rules.limits import second_factor_due, second_factor_settled
from clubcrm.core.audit import AuditLine
from clubcrm.core.clock import now
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from tests.accounts.conftest import is_signed_in
from tests.cast import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def olgas_phone(app, cast):
    """Olga has a second factor; the fixture is the app on her phone."""
    with app.app_context(), unit_of_work() as session:
        session.get_one(User, cast.users["Olga"]).otp_secret = SECRET
    return pyotp.TOTP(SECRET)


@pytest.mark.parametrize("role", ["owner", "manager", "accountant"])
def test_roles_with_power_need_it_a_week_after_first_sign_in(role):
    assert second_factor_due(role, required=True, signed_in_at=now()) is not None
    assert second_factor_due(role, required=False, signed_in_at=now()) is None


@pytest.mark.parametrize("role", ["sales", "desk", "trainer", "barista"])
def test_other_roles_may_go_without(role):
    assert second_factor_due(role, required=True, signed_in_at=now()) is None


@pytest.mark.parametrize(
    ("has_one", "proven", "required", "days_to_go", "settled"),
    [
        (True, True, True, 1, True),
        (True, False, True, 1, False),
        (True, False, False, None, False),
        (False, False, True, 1, True),
        (False, False, True, -1, False),
        (False, False, False, -1, True),
        (False, False, True, None, True),
    ],
)
def test_person_goes_on_when_proven_or_not_yet_asked(
    has_one, proven, required, days_to_go, settled
):
    due_at = None if days_to_go is None else now() + timedelta(days=days_to_go)

    found = second_factor_settled(
        has_one=has_one, proven=proven, required=required, due_at=due_at, moment=now()
    )

    assert found is settled


def test_password_alone_leads_only_to_the_code(olgas_phone, knock, app):
    client = app.test_client()

    answer = knock("Olga", client=client, next="/settings/staff")

    assert answer.location == "/second-factor?next=/settings/staff"
    assert client.get("/settings/roles").location == "/second-factor"
    assert client.post("/settings/profile/theme", data={"theme": "dark"}).location == (
        "/second-factor"
    )
    assert client.get("/api/v1/members").status_code == 403


def test_right_code_opens_the_house(olgas_phone, knock, app):
    client = app.test_client()
    knock("Olga", client=client)

    answer = client.post(
        "/second-factor", data={"code": olgas_phone.at(now()), "next": "/settings/staff"}
    )

    assert (answer.status_code, answer.location) == (303, "/settings/staff")
    assert is_signed_in(client)


def test_code_never_works_twice(olgas_phone, knock, app):
    with time_machine.travel(now(), tick=False):
        first, second = app.test_client(), app.test_client()
        knock("Olga", client=first)
        knock("Olga", client=second)
        code = olgas_phone.at(now())

        assert first.post("/second-factor", data={"code": code}).status_code == 303
        replayed = second.post("/second-factor", data={"code": code})

    assert replayed.status_code == 400
    assert "used before" in replayed.text
    assert not is_signed_in(second)


def test_older_code_does_not_work_after_a_newer_one(olgas_phone, unit, cast):
    olga = db.session.get_one(User, cast.users["Olga"])
    with time_machine.travel(now(), tick=False):
        older = olgas_phone.at(now() - timedelta(seconds=30))
        second_factor.use_code(olga, olgas_phone.at(now()))

        with pytest.raises(DomainError, match="WRONG_CODE"):
            second_factor.use_code(olga, older)


def test_codes_are_guessed_five_times_at_most(olgas_phone, knock, app):
    client = app.test_client()
    knock("Olga", client=client)

    with time_machine.travel(now(), tick=False):
        wrong = f"{(int(olgas_phone.at(now())) + 500_000) % 1_000_000:06d}"
        statuses = [
            client.post("/second-factor", data={"code": wrong}).status_code for _guess in range(8)
        ]

    assert statuses == [400] * 5 + [429] * 3


def _race(app, user_id, use, workers=2):
    """Return how many workers got through with one code at the same moment."""
    gate, won = threading.Barrier(workers), []

    def run():
        with app.app_context():
            gate.wait()
            try:
                use(user_id)
                won.append(1)
            except DomainError:
                pass
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _worker in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won)


def test_one_code_at_two_places_opens_one_door(olgas_phone, app, cast):
    with time_machine.travel(now(), tick=False):
        code = olgas_phone.at(now())

        def guarded(user_id):
            with unit_of_work() as session:
                second_factor.use_code(session.get_one(User, user_id), code)

        assert _race(app, cast.users["Olga"], guarded, workers=8) == 1


def test_code_checked_before_it_is_kept_would_open_two_doors(olgas_phone, app, cast):
    """The positive control: read, compare, then write, and the race above has two winners."""
    both_have_read = threading.Barrier(2)

    def careless(user_id):
        with unit_of_work(write=False) as session:
            last = session.scalars(select(User.otp_last_step).where(User.id == user_id)).one()
        both_have_read.wait()
        if last is not None:
            raise DomainError("WRONG_CODE", "used")
        with unit_of_work() as session:
            session.execute(update(User).where(User.id == user_id).values(otp_last_step=1))

    assert _race(app, cast.users["Olga"], careless) == 2


def test_one_recovery_code_at_eight_places_opens_one_door(olgas_phone, app, cast):
    with app.app_context(), unit_of_work() as session:
        codes = second_factor.renew_recovery_codes(session.get_one(User, cast.users["Olga"]))

    def guarded(user_id):
        with unit_of_work() as session:
            second_factor.use_code(session.get_one(User, user_id), codes[0])

    assert _race(app, cast.users["Olga"], guarded, workers=8) == 1


def test_owner_sets_up_a_second_factor(client_of, app, cast, knock):
    here, elsewhere = client_of("Olga"), client_of("Olga")
    here.post("/second-factor/new", data={"begin": "1"})
    page = here.get("/second-factor/new").text
    phone = pyotp.TOTP(re.search(r">([A-Z2-7]{32})<", page)[1])
    picture = here.get("/second-factor/picture")
    assert picture.mimetype == "image/svg+xml"

    wrong = here.post("/second-factor/new", data={"code": "000000"})
    done = here.post("/second-factor/new", data={"code": phone.at(now())})

    codes = re.findall(r"[2-9a-z]{5}(?:-[2-9a-z]{5}){3}", done.text)
    assert (wrong.status_code, done.status_code, len(set(codes))) == (400, 200, 10)
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)

    lost = app.test_client()
    knock("Olga", client=lost)
    assert lost.post("/second-factor", data={"code": codes[3].upper()}).status_code == 303
    again = app.test_client()
    knock("Olga", client=again)
    assert again.post("/second-factor", data={"code": codes[3]}).status_code == 400


def test_recovery_codes_are_kept_only_as_hashes(app, cast):
    with app.app_context(), unit_of_work() as session:
        codes = second_factor.renew_recovery_codes(session.get_one(User, cast.users["Olga"]))
        kept = session.scalars(select(RecoveryCode.code_hash)).all()

    assert len(kept) == 10
    assert not set(codes) & set(kept)


def test_owner_without_one_is_stopped_after_a_week(client_of, app, knock):
    client_of("Olga")

    with time_machine.travel(now() + timedelta(days=6), tick=False):
        client = app.test_client()
        knock("Olga", client=client)
        assert is_signed_in(client)
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        client = app.test_client()
        knock("Olga", client=client)
        assert client.get("/settings/staff").location == "/second-factor"
        assert client.get("/second-factor").location == "/second-factor/new"
        assert client.get("/second-factor/new").status_code == 200


def test_company_may_leave_it_to_each_person(client_of, app, knock):
    client_of("Olga")
    with app.app_context(), unit_of_work():
        second_factor.set_required(False)

    with time_machine.travel(now() + timedelta(days=40), tick=False):
        client = app.test_client()
        knock("Olga", client=client)
        assert is_signed_in(client)


def test_removing_it_needs_the_password(olgas_phone, knock, app, user_of):
    client = app.test_client()
    knock("Olga", client=client)
    client.post("/second-factor", data={"code": olgas_phone.at(now())})
    address = "/settings/profile/second-factor/remove"

    refused = client.post(address, data={"drop-current_password": "a guess"})
    assert (refused.status_code, user_of("Olga").otp_secret) == (400, SECRET)

    assert client.post(address, data={"drop-current_password": PASSWORD}).status_code == 303
    assert user_of("Olga").otp_secret is None


def test_owner_sets_the_rule_and_it_is_written_down(client_of, app):
    olga = client_of("Olga")
    assert olga.post("/settings/second-factor-rule", data={}).status_code == 303

    with app.app_context(), unit_of_work(write=False) as session:
        assert not second_factor.is_required()
        line = session.scalars(
            select(AuditLine).where(AuditLine.action == "second factor rule changed")
        ).one()
        assert (line.before, line.after) == ({"required": True}, {"required": False})
    assert client_of("Max").post("/settings/second-factor-rule", data={}).status_code == 403
