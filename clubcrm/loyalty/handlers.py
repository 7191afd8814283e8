"""What visits, sales, renewals and signatures mean for points and friends."""

from access_control.events import VisitStarted
from bar_inventory.events import SaleReturned, SaleRung
from clubcrm.core import clock
from clubcrm.loyalty.point_queries import doubled_days, entry_of, visits_of_day
from clubcrm.loyalty.point_services import Earning, earn, take_back
from clubcrm.loyalty.programme import programme_of
from clubcrm.loyalty.referral_services import code_of, friend_signed
from clubcrm.loyalty.rules.points import PointCause, PointKind, earning_part, for_purchase
from clubcrm.loyalty.surroundings import NO_MEMBERSHIP, club_with, sale_paid
from clubcrm.loyalty.till_points import give_back
from clubcrm.people.events import PeopleMerged
from clubcrm.people.queries.locks import lock_person
from memberships.events import ContractCancelled, ContractRenewed, ContractSigned, RefundMade

BY = "system"
NOT_COUNTED = frozenset(kind.value for kind in NO_MEMBERSHIP)


def on_visit_started(fact: VisitStarted) -> None:
    """The first visit of a day earns its points."""
    programme = programme_of(fact.club_id) if fact.club_id is not None else None
    if programme is None or fact.club_id is None or not programme.collects:
        return
    lock_person(fact.person_id)
    if programme.per_visit and not visits_of_day(fact.person_id, fact.day):
        order = Earning(
            fact.club_id,
            fact.person_id,
            PointCause.VISIT,
            programme.per_visit,
            ("visit", str(fact.visit_id)),
            fact.day,
        )
        earn(order, by=BY)


def on_sale_rung(fact: SaleRung) -> None:
    """What a member spends at the bar earns points, but not what bonus money or vouchers paid."""
    paid = sale_paid(fact.sale_id)
    if fact.club_id is None or fact.person_id is None or paid is None:
        return
    day, total, given = paid
    programme = programme_of(fact.club_id)
    if not programme.collects:
        return
    earning = total - given
    points = for_purchase(earning, programme.purchase_minor)
    order = Earning(
        fact.club_id,
        fact.person_id,
        PointCause.PURCHASE,
        points,
        ("sale", str(fact.sale_id)),
        day,
        earning,
    )
    earn(order, by=BY)


def on_sale_returned(fact: SaleReturned) -> None:
    """What comes back takes its points along, even if they were spent."""
    entry = entry_of(PointKind.EARN, "sale", str(fact.sale_id))
    paid = sale_paid(fact.sale_id)
    if entry is not None:
        source = ("credit_note", str(fact.credit_note_id))
        total = paid[1] if paid else 0
        part = earning_part(abs(fact.amount_minor), entry.amount_minor or 0, total)
        take_back(entry, source, by=BY, part_minor=part)


def on_refund_made(fact: RefundMade) -> None:
    """Points that have paid at the till are points again, as far as the money came back."""
    give_back(fact.payment_id, fact.refund_id, by=BY)


def on_contract_renewed(fact: ContractRenewed) -> None:
    """Who goes on earns points for it."""
    if fact.club_id is None:
        return
    programme = programme_of(fact.club_id)
    if programme.collects and programme.per_renewal:
        order = Earning(
            fact.club_id,
            fact.person_id,
            PointCause.RENEWAL,
            programme.per_renewal,
            ("contract", str(fact.contract_id)),
            clock.today(club_with(fact.club_id).zone),
            fact.price_minor,
        )
        earn(order, by=BY)


def on_contract_cancelled(fact: ContractCancelled) -> None:
    """A renewal that never began, or was called off at once, earns nothing."""
    entry = entry_of(PointKind.EARN, "contract", str(fact.contract_id))
    if entry is not None and (fact.is_cooling_off or fact.last_day is None):
        take_back(entry, ("cancelled", str(fact.contract_id)), by=BY)


def on_contract_signed(fact: ContractSigned) -> None:
    """A friend's waiting time begins; who is a member has a code for friends of his own."""
    if fact.club_id is None or fact.plan_kind in NOT_COUNTED:
        return
    day = clock.local(fact.happened_at, club_with(fact.club_id).zone).date()
    friend_signed(fact.person_id, fact.contract_id, day, fact.starts_on)
    if programme_of(fact.club_id).refers:
        code_of(fact.person_id)


def on_people_merged(fact: PeopleMerged) -> None:
    """Two records of one person have points for a day once."""
    for day in doubled_days(fact.person_id):
        for entry in visits_of_day(fact.person_id, day)[1:]:
            take_back(entry, ("merge", f"{fact.merge_id}:{entry.id}"), by=BY)
