"""Services room: a member's friend comes, signs, stays; then both are thanked, once."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert

from clubcrm.core import audit, clock, states
from clubcrm.core.db import db
from clubcrm.core.types import spoken_code
from clubcrm.loyalty.models import Referral, ReferralCode
from clubcrm.loyalty.programme import programme_of
from clubcrm.loyalty.referral_queries import newest_code, referral_of
from clubcrm.loyalty.rewards import HOST_PAYS, reward_both, reward_host
from clubcrm.loyalty.rules.referrals import (
    REFERRAL_MOVES,
    FriendFacts,
    ProofFacts,
    ReferralState,
    Refusal,
    Verdict,
    due_day,
    refusal_of,
    verdict_on,
)
from clubcrm.loyalty.surroundings import (
    Somebody,
    club_with,
    contract_stands,
    had_membership,
    known_since,
    membership_on,
    open_of_contract,
    share_an_address,
)
from clubcrm.people.api import tie_people
from clubcrm.people.queries.locks import lock_people, lock_person
from clubcrm.people.rules.ties import TieKind

CODE_LETTERS = 8
BY = "system"


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody was brought: who, by whom, on which way, and the contract he has signed already."""

    club_id: int
    friend: Somebody
    host: Somebody
    way: str


def new_code() -> str:
    """Return a code to say aloud: eight letters of which none looks like another."""
    return spoken_code(CODE_LETTERS)


def code_of(person_id: int) -> str:
    """Return the member's code, which exists from now on."""
    lock_person(person_id)
    known = newest_code(person_id)
    if known is not None:
        return known
    made = ReferralCode(code=new_code(), person_id=person_id, made_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return made.code


def give_codes(people: list[int]) -> None:
    """Each of the people has a code."""
    moment = clock.now()
    rows = [{"code": new_code(), "person_id": one, "made_at": moment} for one in people]
    if rows:
        db.session.execute(insert(ReferralCode), rows)


def note_friend(coming: Coming, *, by: str) -> Refusal | None:
    """The friend counts as brought by the host, and the two are tied; or why he does not.

    A friend counts once in his life; what the desk or a form says later changes nothing.
    """
    lock_people({coming.friend.id, coming.host.id})
    refusal = refusal_of(_facts(coming))
    told = {"host": coming.host.id, "way": coming.way}
    if refusal is not None:
        if refusal is not Refusal.OFF:
            after = told | {"refused": refusal.value}
            audit.note("referral.refused", "person", coming.friend.id, after=after, by=by)
        return refusal
    referral = Referral(
        club_id=coming.club_id,
        friend_id=coming.friend.id,
        host_id=coming.host.id,
        state=ReferralState.CAME,
        way=coming.way,
        came_at=clock.now(),
        noted_by=by,
    )
    db.session.add(referral)
    db.session.flush()
    tie_people(coming.friend, coming.host, TieKind.REFERRED_BY, by=by)
    audit.note("referral.noted", "person", coming.friend.id, after=told, by=by)
    return None


def friend_signed(friend_id: int, contract_id: int, signed_on: date, starts_on: date) -> None:
    """The waiting time of the reward runs from the first membership the friend signs.

    Where that one was called off or has ended, it runs anew from the next one.
    """
    referral = referral_of(friend_id)
    if referral is None or referral.state not in (ReferralState.CAME, ReferralState.SIGNED):
        return
    if referral.contract_id and contract_stands(referral.contract_id, signed_on):
        return
    delay = programme_of(referral.club_id).delay_days
    referral.contract_id = contract_id
    referral.due_on = due_day(signed_on, starts_on, delay)
    db.session.flush()
    if referral.state is ReferralState.CAME:
        states.move(referral, ReferralState.SIGNED, moves=REFERRAL_MOVES, by=BY)


def settle(referral_id: int) -> Verdict:
    """Both are thanked if the friend has stayed and paid; who has left gives nothing to anybody.

    Asked again, nothing is given twice.
    """
    referral = db.session.get_one(Referral, referral_id, populate_existing=True)
    lock_people({referral.friend_id, referral.host_id})
    db.session.refresh(referral)
    if referral.state is not ReferralState.SIGNED or referral.due_on is None:
        return Verdict.WAIT
    today = clock.today(club_with(referral.club_id).zone)
    verdict = verdict_on(
        ProofFacts(
            today=today,
            due_on=referral.due_on,
            runs=membership_on(referral.friend_id, min(today, referral.due_on)) is not None,
            open_minor=open_of_contract(referral.contract_id or 0),
        )
    )
    if verdict is Verdict.WAIT:
        return verdict
    referral.settled_at = clock.now()
    if verdict is Verdict.GIVE:
        referral.why = reward_both(referral, programme_of(referral.club_id), today)
        states.move(referral, ReferralState.REWARDED, moves=REFERRAL_MOVES, by=BY)
    else:
        referral.why = verdict.value
        states.move(referral, ReferralState.FAILED, moves=REFERRAL_MOVES, by=BY)
    db.session.flush()
    after = {"state": referral.state.value, "why": referral.why}
    audit.note("referral.settled", "person", referral.friend_id, after=after, by=BY)
    return verdict


def settle_host(referral_id: int) -> str:
    """The host who waited for his next payment is thanked once he has paid; returns what is left.

    The friend has had his reward before.
    """
    referral = db.session.get_one(Referral, referral_id, populate_existing=True)
    lock_people({referral.host_id})
    db.session.refresh(referral)
    if referral.state is not ReferralState.REWARDED or referral.why != HOST_PAYS:
        return referral.why
    today = clock.today(club_with(referral.club_id).zone)
    why = reward_host(referral, programme_of(referral.club_id), today)
    if why != HOST_PAYS:
        referral.why = why
        db.session.flush()
        audit.note("referral.host", "person", referral.friend_id, after={"why": why}, by=BY)
    return why


def _facts(coming: Coming) -> FriendFacts:
    programme = programme_of(coming.club_id)
    friend, host = coming.friend.id, coming.host.id
    zone = club_with(coming.club_id).zone
    brought = referral_of(host)
    return FriendFacts(
        today=clock.today(zone),
        is_on=programme.refers,
        is_self=friend == host,
        shares_address=share_an_address(friend, host),
        known_since=clock.local(known_since(friend), zone).date(),
        was_member=had_membership(friend),
        was_brought=referral_of(friend) is not None,
        brought_host=brought is not None and brought.host_id == friend,
        fresh_days=programme.fresh_days,
    )
