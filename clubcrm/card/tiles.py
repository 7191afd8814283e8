"""Queries room: the five figures under a verdict: plan, end, visits left, debt, last visit."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.core.formats import day, day_short, days_ago, money, weekday_day
from memberships.blocks.rules import BlockFact, BlockOwner
from memberships.contracts.rules import ContractRight, MemberRights
from memberships.contracts.words import plan_kind_words


@dataclass(frozen=True, slots=True)
class Tile:
    """A labelled value; `part` names the page of the card it is made of."""

    label: str
    value: str
    small: str = ""
    tone: str = ""
    part: str = ""


def tiles_of(
    rights: MemberRights,
    contract_id: int | None,
    today: date,
    last_visit: date | None,
    *,
    owes: bool,
) -> list[Tile]:
    """Return the figures of a person on a day; a guest desk is not told of debts."""
    right = shown_right(rights, contract_id, today)
    tiles = [_plan(right), _end(right, today), _units(right)]
    if owes:
        tiles.append(_debt([one for one in rights.blocks if one.holds_on(today)]))
    return [*tiles, _last(last_visit, today)]


def shown_right(rights: MemberRights, contract_id: int | None, today: date) -> ContractRight | None:
    """Return the contract to speak of: the one that paid, else a running one, else the last."""
    paid = [one for one in rights.contracts if one.contract_id == contract_id]
    running = [one for one in rights.contracts if one.state == "signed" and one.covers(today)]
    coming = [one for one in rights.contracts if one.starts_on > today]
    for found in (paid, running, coming):
        if found:
            return found[0]
    return max(rights.contracts, key=lambda one: one.ends_on or date.max, default=None)


def _plan(right: ContractRight | None) -> Tile:
    if right is None:
        return Tile(_("Plan"), _("none"), part="show")
    kind = plan_kind_words(right.plan_kind)
    return Tile(_("Plan"), right.plan_name, kind if kind != right.plan_name else "", part="show")


def _end(right: ContractRight | None, today: date) -> Tile:
    if right is None:
        return Tile(_("Ends"), "–")
    if right.starts_on > today:
        return Tile(_("Starts"), day(right.starts_on), _in_days((right.starts_on - today).days))
    if right.ends_on is None:
        return Tile(_("Ends"), _("rolls on"))
    left = (right.ends_on - today).days
    if left < 0:
        return Tile(_("Ended"), day(right.ends_on), days_ago(-left), "stop")
    small = ngettext("%(num)s day left", "%(num)s days left", left) if left else _("today")
    return Tile(_("Ends"), day(right.ends_on), small, "note" if left <= 14 else "")


def _units(right: ContractRight | None) -> Tile:
    if right is None or right.units_left is None:
        return Tile(_("Visits left"), _("no limit") if right else "–")
    tone = "stop" if right.units_left == 0 else "note" if right.units_left <= 2 else ""
    return Tile(_("Visits left"), str(right.units_left), tone=tone, part="units")


def _debt(in_force: list[BlockFact]) -> Tile:
    debts = [one for one in in_force if one.owner is BlockOwner.DEBT]
    if not debts:
        return Tile(_("Owes"), _("nothing"), part="account")
    since = _("since %(day)s", day=day_short(min(one.from_on for one in debts)))
    sums: dict[str, int] = {}
    for one in debts:
        if one.amount_minor and one.currency:
            sums[one.currency] = sums.get(one.currency, 0) + one.amount_minor
    value = ", ".join(money(amount, currency) for currency, amount in sums.items())
    return Tile(_("Owes"), value or _("something"), since, "stop", "account")


def _last(last_visit: date | None, today: date) -> Tile:
    if last_visit is None:
        return Tile(_("Last visit"), _("never before"), part="visits")
    weekday = weekday_day(last_visit)
    return Tile(_("Last visit"), days_ago((today - last_visit).days), weekday, part="visits")


def _in_days(count: int) -> str:
    return ngettext("in %(num)s day", "in %(num)s days", count)
