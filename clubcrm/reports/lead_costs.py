"""Queries room: what leads cost and bring: by source with its marketing, by campaign word.

Money of a channel that several sources share is divided by their leads. What a client has paid is
counted from the day he asked; who asked again later is counted with the later time.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from clubcrm.core.clock import local_day
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.months import month_end
from clubcrm.leads.models import Lead, LeadSource
from clubcrm.reports.funnel import NOBODY, LeadLens, LeadsBy, from_leads, lead_columns, shown_key
from clubcrm.reports.models import MemberSpell
from clubcrm.reports.rules.lifetimes import (
    ClientWorth,
    Stay,
    month_price,
    months_expected,
    parts_of,
)
from memberships.api import spend_by_channel
from memberships.billing.models import Payment
from memberships.contracts.models import Contract, PlanVersion

WON = Lead.won_at.is_not(None)


@dataclass(frozen=True, slots=True)
class LeadCost:
    """A source or a campaign: leads, clients, what was spent on them and what they are worth."""

    key: Any
    name: str
    channel: str
    leads: int
    joined: int
    spent_minor: int | None
    worth: ClientWorth

    @property
    def per_lead_minor(self) -> int | None:
        """Return what one lead has cost."""
        return _each(self.spent_minor, self.leads)

    @property
    def per_client_minor(self) -> int | None:
        """Return what one client has cost."""
        return _each(self.spent_minor, self.joined)


@dataclass(frozen=True, slots=True)
class _Brought:
    """What clients of each key paid, pay in a month, and how long they stay."""

    paid: Mapping[Any, int]
    months: Mapping[Any, list[float]]
    stays: Mapping[Any, list[Stay]]
    whole: float | None

    def worth(self, key: Any, joined: int) -> ClientWorth:
        """Return the worth of a key; too few clients of its own lean on those of all."""
        prices = self.months.get(key, [])
        expected = months_expected(self.stays.get(key, []))
        return ClientWorth(
            joined,
            self.paid.get(key, 0),
            sum(prices) / len(prices) if prices else None,
            self.whole if expected is None else expected,
        )


def source_costs(lens: LeadLens, currency: str) -> list[LeadCost]:
    """Return each source with what its channel cost; spending that brought nobody stands last."""
    found = [
        LeadCost(line.key, line.name, line.channel, line.leads, line.joined, None, line.worth)
        for line in _lines(lens, LeadsBy.SOURCE)
    ]
    spent = {
        channel: amount
        for (channel, money), amount in spend_by_channel(
            Scope(lens.club_ids), lens.first, month_end(lens.last)
        ).items()
        if money == currency
    }
    return _with_spending(found, spent)


def campaign_costs(lens: LeadLens) -> list[LeadCost]:
    """Return each campaign word with what its clients brought."""
    return [one for one in _lines(lens, LeadsBy.CAMPAIGN) if one.key != NOBODY]


def whole_cost(lines: list[LeadCost]) -> LeadCost:
    """Return all lines as one: what a lead and a client cost whatever brought them."""
    paid = sum(one.worth.paid_minor for one in lines)
    joined = sum(one.joined for one in lines)
    spent = [one.spent_minor for one in lines if one.spent_minor is not None]
    return LeadCost(
        None,
        "",
        "",
        sum(one.leads for one in lines),
        joined,
        sum(spent) if spent else None,
        ClientWorth(joined, paid, _mean_month(lines), _mean_stay(lines)),
    )


def _mean_month(lines: list[LeadCost]) -> float | None:
    told = [one for one in lines if one.worth.month_minor is not None and one.joined]
    clients = sum(one.joined for one in told)
    return (
        sum((one.worth.month_minor or 0) * one.joined for one in told) / clients if told else None
    )


def _mean_stay(lines: list[LeadCost]) -> float | None:
    told = [one for one in lines if one.worth.months_expected is not None and one.joined]
    clients = sum(one.joined for one in told)
    if not told:
        return None
    return sum((one.worth.months_expected or 0) * one.joined for one in told) / clients


def _lines(lens: LeadLens, by: LeadsBy) -> list[LeadCost]:
    key, name = lead_columns(lens, by)
    channel = func.max(LeadSource.spend_channel)
    rows = db.session.execute(
        from_leads(select(key, name, channel, func.count(), func.count().filter(WON)))
        .where(lens.holds())
        .group_by(key, name)
    ).all()
    brought = _brought(lens, key)
    lines = [
        LeadCost(
            shown_key(lens, by, row[0]),
            str(row[1] or ""),
            (row[2] or "") if by is LeadsBy.SOURCE else "",
            row[3],
            row[4],
            None,
            brought.worth(row[0], row[4]),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda one: (-one.joined, -one.leads, one.name))


def _brought(lens: LeadLens, key: Any) -> _Brought:
    months: dict[Any, list[float]] = defaultdict(list)
    stays: dict[Any, list[Stay]] = defaultdict(list)
    for one, price, begins, ends, period in db.session.execute(_contracts(lens, key)):
        days = (ends - begins).days + 1 if ends else None
        months[one].append(month_price(price, days, period))
    for one, arrived, began, ended, lived in db.session.execute(_spells(lens, key)):
        if began >= local_day(arrived, lens.zone) - timedelta(days=1):
            stays[one].append(Stay(lived, ended is not None))
    everybody = [stay for mine in stays.values() for stay in mine]
    paid = {row[0]: int(row[1] or 0) for row in db.session.execute(_paid(lens, key))}
    return _Brought(paid, months, stays, months_expected(everybody))


def _contracts(lens: LeadLens, key: Any) -> Select[Any]:
    wanted: Select[Any] = (
        from_leads(
            select(
                key,
                Contract.price_minor,
                Contract.starts_on,
                Contract.ends_on,
                PlanVersion.term_months,
            )
        )
        .join(Contract, Contract.id == Lead.contract_id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .where(lens.holds(), WON)
    )
    return wanted


def _spells(lens: LeadLens, key: Any) -> Select[Any]:
    wanted: Select[Any] = (
        from_leads(
            select(
                key,
                Lead.arrived_at,
                MemberSpell.began_on,
                MemberSpell.ended_on,
                MemberSpell.months,
            )
        )
        .join(
            MemberSpell,
            and_(MemberSpell.person_id == Lead.person_id, MemberSpell.club_id == Lead.club_id),
        )
        .where(lens.holds(), WON)
    )
    return wanted


def _paid(lens: LeadLens, key: Any) -> Select[Any]:
    later = aliased(Lead)
    counted_there = exists().where(
        later.person_id == Lead.person_id,
        later.club_id == Lead.club_id,
        later.won_at.is_not(None),
        later.arrived_at > Lead.arrived_at,
        later.arrived_at <= Payment.taken_at,
    )
    wanted: Select[Any] = (
        from_leads(select(key, func.sum(Payment.amount_minor - Payment.refunded_minor)))
        .join(
            Payment,
            and_(
                Payment.payer_id == Lead.person_id,
                Payment.club_id == Lead.club_id,
                Payment.taken_at >= Lead.arrived_at,
                ~counted_there,
            ),
        )
        .where(lens.holds(), WON)
        .group_by(key)
    )
    return wanted


def _with_spending(lines: list[LeadCost], spent: Mapping[str, int]) -> list[LeadCost]:
    found = []
    by_channel: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(lines):
        if one.channel in spent:
            by_channel[one.channel].append(place)
    parts: dict[int, int] = {}
    for channel, places in by_channel.items():
        weights = [lines[place].leads for place in places]
        parts |= dict(zip(places, parts_of(spent[channel], weights), strict=True))
    for place, one in enumerate(lines):
        found.append(
            LeadCost(
                one.key, one.name, one.channel, one.leads, one.joined, parts.get(place), one.worth
            )
        )
    nobody = ClientWorth(0, 0, None, None)
    idle = [channel for channel, amount in spent.items() if amount and channel not in by_channel]
    return found + [
        LeadCost(None, "", channel, 0, 0, spent[channel], nobody) for channel in sorted(idle)
    ]


def _each(amount_minor: int | None, count: int) -> int | None:
    if amount_minor is None or not count:
        return None
    return (2 * amount_minor + count) // (2 * count)
