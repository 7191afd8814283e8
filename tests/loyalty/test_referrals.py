"""A friend comes by a member's code, stays, and both are thanked; once, and nobody for himself."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.leads.models import Lead
from clubcrm.loyalty.api import host_of_code
from clubcrm.loyalty.models import PointEntry, Referral, ReferralReward
from clubcrm.loyalty.referral_queries import broken_referrals, totals_by_host
from clubcrm.loyalty.referral_services import Coming, code_of, note_friend, settle
from clubcrm.loyalty.rules.programme import Reward, RewardKind
from clubcrm.loyalty.rules.referrals import ReferralState, Refusal, Side, Verdict
from clubcrm.people.about_tables import Tie
from clubcrm.people.api import merge
from clubcrm.people.models import ContactKind, ContactPoint
from clubcrm.people.rules.ties import TieKind
from memberships.api import CancelRequest, PaymentOrder, Tender, cancel_contract, take_payment
from memberships.billing.models import Voucher
from memberships.contracts.leaving import CancelReason
from memberships.contracts.models import Contract
from tests.cast import Cast
from tests.loyalty.conftest import BY, MAY, Town, gives, join, person, somebody

ClientOf = Callable[[str], FlaskClient]
SIGNED = date(2026, 5, 2)
DUE = date(2026, 6, 1)


def brought(town: Town, name: str = "Nils", host: int = 0) -> int:
    """Somebody new counts as brought by Mia; answers his key."""
    friend = somebody(town.club, name)
    with unit_of_work():
        coming = Coming(town.club, person(friend), person(host or town.mia), "desk")
        assert note_friend(coming, by=BY) is None
    return friend


def pay(person_id: int, club: int) -> None:
    with unit_of_work():
        order = PaymentOrder(
            club_id=club,
            payer_id=person_id,
            amount_minor=3_650_000,
            tender=Tender.BANK_TRANSFER,
            source_kind="test",
            source_id=str(person_id),
        )
        take_payment(order, by=BY)


def state_of(friend: int) -> tuple[ReferralState, str]:
    with unit_of_work(write=False) as session:
        row = session.scalars(select(Referral).where(Referral.friend_id == friend)).one()
        return row.state, row.why


def rewards() -> list[tuple[int, Side, RewardKind, int, int]]:
    with unit_of_work(write=False) as session:
        return [
            (one.person_id, one.side, one.kind, one.amount, one.cost_minor)
            for one in session.scalars(select(ReferralReward).order_by(ReferralReward.side))
        ]


def last_day(person_id: int) -> date | None:
    with unit_of_work(write=False) as session:
        return session.scalars(
            select(Contract.ends_on).where(Contract.person_id == person_id)
        ).one()


def test_both_are_thanked_once_when_the_friend_has_stayed_thirty_days(town: Town) -> None:
    friend = brought(town)
    town.to(SIGNED)
    join(town.club, friend, SIGNED)
    pay(friend, town.club)
    town.night()

    town.nights_until(date(2026, 5, 31))
    assert state_of(friend) == (ReferralState.SIGNED, "")
    assert rewards() == []

    town.nights_until(DUE + timedelta(days=2))
    assert state_of(friend) == (ReferralState.REWARDED, "")
    # A year for 36,500.00 is worth 100.00 a day; fourteen days of it, and 500.00 of bonus money.
    assert rewards() == [
        (friend, Side.FRIEND, RewardKind.BONUS, 50_000, 50_000),
        (town.mia, Side.HOST, RewardKind.DAYS, 14, 140_000),
    ]
    assert last_day(town.mia) == date(2027, 4, 30) + timedelta(days=14)
    with unit_of_work(write=False) as session:
        bonus = session.scalars(select(Voucher)).one()
        assert (bonus.person_id, bonus.remaining_minor) == (friend, 50_000)
        assert bonus.valid_until == DUE + timedelta(days=90)
        assert broken_referrals() == []
        host = totals_by_host(town.club, MAY)[0]
        assert (host.came, host.signed, host.rewarded) == (1, 1, 1)
        assert (host.cost_minor, host.sold_minor) == (190_000, 3_650_000)


def test_who_leaves_on_day_twenty_gives_nobody_anything(town: Town) -> None:
    friend = brought(town)
    town.to(SIGNED)
    contract = join(town.club, friend, SIGNED)
    pay(friend, town.club)
    town.to(date(2026, 5, 21))
    with unit_of_work():
        row = db.session.get_one(Contract, contract)
        row.ends_on = date(2026, 5, 22)

    town.nights_until(DUE)

    assert state_of(friend) == (ReferralState.FAILED, "left")
    assert rewards() == []


def test_an_unpaid_friend_is_waited_for_and_then_given_up(town: Town) -> None:
    friend, other = brought(town), brought(town, "Otto")
    town.to(SIGNED)
    for one in (friend, other):
        join(town.club, one, SIGNED)
    town.to(DUE)
    town.night()
    assert state_of(friend)[0] is ReferralState.SIGNED

    town.to(DUE + timedelta(days=30))
    pay(friend, town.club)
    town.night()
    town.to(DUE + timedelta(days=61))
    town.night()

    assert state_of(friend) == (ReferralState.REWARDED, "")
    assert state_of(other) == (ReferralState.FAILED, "unpaid")
    assert len(rewards()) == 2


def test_a_contract_called_off_starts_the_wait_anew_with_the_next_one(town: Town) -> None:
    friend = brought(town)
    town.to(SIGNED)
    contract = join(town.club, friend, SIGNED)
    town.to(date(2026, 5, 4))
    with unit_of_work():
        cancel_contract(CancelRequest(contract, CancelReason.OTHER, "mistake"), by=BY)
    with unit_of_work():
        db.session.get_one(Contract, contract).ends_on = date(2026, 5, 3)
    town.to(date(2026, 5, 10))
    join(town.club, friend, date(2026, 5, 10))
    town.to(date(2026, 5, 11))

    with unit_of_work(write=False) as session:
        assert session.scalars(select(Referral.due_on)).one() == date(2026, 6, 9)


@pytest.mark.parametrize("case", ["self", "address", "known", "member", "brought", "off", "circle"])
def test_nobody_is_thanked_for_himself_or_for_whom_the_club_knew(town: Town, case: str) -> None:
    friend = somebody(town.club, "Nils")
    host = town.mia
    with unit_of_work():
        if case == "address":
            point = ContactPoint(
                person_id=friend, kind=ContactKind.PHONE, value="+8801711000001", as_typed="x"
            )
            db.session.add(point)
        if case == "known":
            person(friend).created_at = MAY - timedelta(days=16)
    if case == "member":
        join(town.club, friend)
    if case == "brought":
        brought_before = somebody(town.club, "Host")
        with unit_of_work():
            note_friend(Coming(town.club, person(friend), person(brought_before), "desk"), by=BY)
    if case == "circle":
        with unit_of_work():
            person(town.mia).created_at = MAY
            db.session.add(
                Referral(
                    club_id=town.club,
                    friend_id=town.mia,
                    host_id=friend,
                    state=ReferralState.CAME,
                    way="desk",
                    noted_by=BY,
                )
            )
    if case == "off":
        gives(town.club, refers=False)
    expected = {
        "self": Refusal.SELF,
        "address": Refusal.SELF,
        "known": Refusal.KNOWN,
        "member": Refusal.KNOWN,
        "brought": Refusal.BROUGHT,
        "off": Refusal.OFF,
        "circle": Refusal.CIRCLE,
    }[case]

    with unit_of_work():
        who = person(host if case == "self" else friend)
        assert note_friend(Coming(town.club, who, person(host), "desk"), by=BY) is expected
        count = len(db.session.scalars(select(Referral)).all())
    assert count == (1 if case in ("brought", "circle") else 0)


def test_who_brings_more_than_the_most_is_not_thanked_but_his_friends_are(town: Town) -> None:
    gives(town.club, cap=1, host=Reward(RewardKind.POINTS, 300), delay_days=0)
    friends = [brought(town, name) for name in ("Nils", "Otto")]
    town.to(SIGNED)
    for one in friends:
        join(town.club, one, SIGNED)
        pay(one, town.club)
    town.night()

    assert [state_of(one)[1] for one in friends] == ["", "capped"]
    assert [(one[1], one[2]) for one in rewards()] == [
        (Side.FRIEND, RewardKind.BONUS),
        (Side.FRIEND, RewardKind.BONUS),
        (Side.HOST, RewardKind.POINTS),
    ]
    with unit_of_work(write=False) as session:
        assert session.scalars(select(PointEntry.delta)).all() == [300]


def test_settling_again_gives_nothing_twice(town: Town) -> None:
    gives(town.club, delay_days=0)
    friend = brought(town)
    town.to(SIGNED)
    join(town.club, friend, SIGNED)
    pay(friend, town.club)
    town.night()
    with unit_of_work(write=False) as session:
        referral = session.scalars(select(Referral.id)).one()

    with unit_of_work():
        assert settle(referral) is Verdict.WAIT
    assert len(rewards()) == 2


def test_a_friend_fills_in_the_page_behind_the_link(
    town: Town, app: Flask, client_of: ClientOf
) -> None:
    with unit_of_work():
        code = code_of(town.mia)
        assert code_of(town.mia) == code
    stranger = app.test_client()
    page = stranger.get(f"/friend/{code.lower()}").get_data(as_text=True)
    assert "Mia invites you" in page
    assert "once you have been a member for 30 days" in page

    typed = {"name": "Nils Berg", "phone": "01712 345678", "_once": "one"}
    answers = [stranger.post(f"/friend/{code}", data=typed) for _twice in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    with unit_of_work(write=False) as session:
        lead = session.scalars(select(Lead)).one()
        assert (lead.channel.value, lead.host_id) == ("referral", town.mia)
        referral = session.scalars(select(Referral)).one()
        assert (referral.friend_id, referral.host_id) == (lead.person_id, town.mia)
        assert referral.way == "link"
        tie = session.scalars(select(Tie)).one()
        assert {tie.person_id, tie.other_id} == {lead.person_id, town.mia}
        assert tie.kind in (TieKind.REFERRED_BY, TieKind.REFERRED)
    assert "Nils Berg" in client_of("Sara").get("/loyalty").get_data(as_text=True)
    assert stranger.get("/friend/NOBODY22").status_code == 404
    empty = stranger.post(f"/friend/{code}", data={"name": "", "phone": "1"})
    assert empty.status_code == 400
    assert "Write a name." in empty.get_data(as_text=True)


def test_a_robot_in_the_trap_brings_nobody(town: Town, app: Flask) -> None:
    with unit_of_work():
        code = code_of(town.mia)
    typed = {"name": "Bot", "phone": "01712 345679", "company_site": "x"}
    assert app.test_client().post(f"/friend/{code}", data=typed).status_code == 303

    with unit_of_work(write=False) as session:
        assert session.scalars(select(Referral)).all() == []
        assert session.scalars(select(Lead)).all() == []


def test_members_get_codes_at_night_and_both_work_after_a_merge(town: Town) -> None:
    town.night()
    double = somebody(town.club, "Mia")
    with unit_of_work():
        first, second = code_of(town.mia), code_of(double)
        merge(person(town.mia), person(double), {}, by=BY)
    with unit_of_work(write=False):
        assert [host_of_code(one).id for one in (first, second)] == [town.mia] * 2  # type: ignore[union-attr]


def test_a_friend_who_was_thanked_is_not_merged_into_another_friend(town: Town) -> None:
    gives(town.club, delay_days=0)
    friend, twin = brought(town), brought(town, "Twin")
    town.to(SIGNED)
    join(town.club, friend, SIGNED)
    pay(friend, town.club)
    town.night()

    with pytest.raises(DomainError) as stopped, unit_of_work():
        merge(person(twin), person(friend), {}, by=BY)

    assert stopped.value.code == "MERGE_STOPPED"
    assert "thanked" in stopped.value.text


def test_the_desk_notes_who_brought_a_new_member(
    town: Town, cast: Cast, client_of: ClientOf
) -> None:
    friend = somebody(town.club, "Nils")
    with unit_of_work():
        code, public = code_of(town.mia), person(friend).public_id
    frank = client_of("Frank")
    address = f"/members/{public}/loyalty/host"

    unknown = frank.post(address, data={"code": "XXXXXXXX"})
    noted = frank.post(address, data={"code": f"{code[:4]}-{code[4:].lower()}"})
    again = frank.post(address, data={"code": code})

    assert (unknown.status_code, noted.status_code, again.status_code) == (400, 303, 409)
    assert "Nobody has this code." in unknown.get_data(as_text=True)
    assert "brought this person before" in again.get_data(as_text=True)
    assert "Mia Rahman" in frank.get(f"/members/{public}/loyalty").get_data(as_text=True)
    assert client_of("Tara").get(f"/members/{public}/loyalty").status_code == 403
    assert client_of("Zoe").get(f"/members/{public}/loyalty").status_code == 404
    assert cast.public["Mia"] in frank.get(f"/members/{public}/loyalty").get_data(as_text=True)
