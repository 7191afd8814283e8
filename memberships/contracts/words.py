"""Queries room: the sentences in which people read what the rules decide."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from babel.dates import get_day_names
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from clubcrm.core import formats
from memberships.blocks.rules import BlockOwner
from memberships.contracts.conditions import LEAVING_LIMITS
from memberships.contracts.freezing import (
    FREEZE_LIMITS,
    AllowancePer,
    FreezePrice,
    FreezeTerms,
    GrantedBy,
)
from memberships.contracts.gift_tables import MassState
from memberships.contracts.leaving import CancelReason, LeaveReason
from memberships.contracts.renewal_terms import CONDITION_LIMITS
from memberships.contracts.rules import PlanKind, Window
from memberships.contracts.standing import Cause, Standing, Status
from memberships.contracts.terms import LIMITS, PlanTerms


def plan_kind_words(kind: PlanKind) -> str:
    """Return what a kind of plan is called at the desk."""
    return {
        PlanKind.TERM: _("Fixed term"),
        PlanKind.RECURRING: _("Rolling, until cancelled"),
        PlanKind.VISITS: _("Number of visits"),
        PlanKind.TRIAL: _("Trial"),
        PlanKind.DAY: _("Day pass"),
    }[kind]


def length_words(terms: PlanTerms) -> str:
    """Return how long a contract on these terms lasts, in words."""
    if terms.kind is PlanKind.RECURRING:
        return _("until cancelled")
    if terms.kind is PlanKind.DAY:
        return _("one day")
    if terms.term_months is not None:
        return ngettext("%(num)s month", "%(num)s months", terms.term_months)
    if terms.term_days is not None:
        return ngettext("%(num)s day", "%(num)s days", terms.term_days)
    return _("until used up")


def hours_words(windows: Sequence[Window]) -> str:
    """Return the hours of a week in words, days with equal hours together: Mon–Fri 09:00–17:00."""
    if not windows:
        return _("Any time")
    spans: dict[int, list[str]] = {}
    for one in sorted(windows):
        text = f"{one.opens:%H:%M}–{one.closes:%H:%M}"
        spans.setdefault(one.weekday, []).append(text)
    names = get_day_names("abbreviated", locale=str(get_locale() or "en"))
    told: list[str] = []
    for _key, group in groupby(
        sorted(spans), lambda day: (spans[day], day - sorted(spans).index(day))
    ):
        days = list(group)
        first, last = names[days[0]], names[days[-1]]
        week = first if len(days) == 1 else f"{first}–{last}"
        told.append(f"{week} {', '.join(spans[days[0]])}")
    return "; ".join(told)


def block_owner_words(owner: BlockOwner) -> str:
    """Return what a block is called at the desk."""
    return {
        BlockOwner.FREEZE: _("Freeze"),
        BlockOwner.DEBT: _("Debt"),
        BlockOwner.BAN: _("Ban"),
        BlockOwner.WAIVER: _("Waiver missing"),
        BlockOwner.MEDICAL: _("Medical note missing"),
        BlockOwner.STAFF_STOP: _("Stopped by staff"),
    }[owner]


def plan_fault_words(field: str, fault: str) -> str:
    """Return the sentence for a broken rule of a plan's terms."""
    if fault == "range":
        known = {**LIMITS, **LEAVING_LIMITS}
        low, high = known[field] if field in known else (0, CONDITION_LIMITS[field])
        return _("Expected a number from %(low)s to %(high)s.", low=low, high=high)
    return {
        "empty": _("This may not be empty."),
        "needed": _("This kind of plan needs it."),
        "twice": _("Give months or days, not both."),
        "not_for_kind": _("This kind of plan does not have it."),
        "weekday": _("A weekday runs from 0 (Monday) to 6 (Sunday)."),
        "overlap": _("These hours overlap with others of the same plan."),
    }[fault]


def visited_words(first: date, days: int) -> str:
    """Return why days on which the member came cannot be frozen any more."""
    return ngettext(
        "The member was here on %(day)s. Choose days without that visit.",
        "The member was here on %(num)s of these days, first on %(day)s. Choose days without them.",
        days,
        day=formats.day(first),
    )


def freeze_fault_words(fault: str, limits: FreezeTerms | None = None) -> str:
    """Return the sentence for a broken rule of a freeze, with the figure that its kind names."""
    named = _limit_words(fault, limits) if limits else None
    return (
        named
        or {
            "order": _("The last day lies before the first."),
            "past": _("A freeze starts today or later."),
            "outside_contract": _("The freeze must start within the contract."),
            "overlap": _("The contract is already frozen on some of these days."),
            "longest_days": _("The freeze is longer than allowed."),
            "next_contract": _("The contract would run into the next one of the same plan."),
            "contract_days": _("The contract has not so many freeze days left."),
            "too_far_back": _("A freeze may be dated back three months at most."),
            "plan_forbids": _("This plan cannot be frozen."),
            "type_needed": _("Choose the kind of freeze."),
            "not_for_plan": _("This plan does not allow this kind of freeze."),
            "manager": _("Only a manager may grant this kind of freeze."),
            "debt": _("This kind of freeze is not granted while something is unpaid."),
            "notice": _("This kind of freeze has to be asked for earlier."),
            "shortest_days": _("The freeze is shorter than its kind allows."),
            "count": _("The member has had this kind of freeze as often as it is allowed."),
            "allowance": _("The member has not so many days of this kind of freeze left."),
            "proof": _("This kind of freeze needs a document. Say which one you have seen."),
        }[fault]
    )


def _limit_words(fault: str, limits: FreezeTerms) -> str | None:
    if fault == "longest_days" and limits.max_days is not None:
        return ngettext(
            "%(kind)s lasts %(num)s day at most.",
            "%(kind)s lasts %(num)s days at most.",
            limits.max_days,
            kind=limits.name,
        )
    if fault == "shortest_days" and limits.min_days is not None:
        return ngettext(
            "%(kind)s lasts %(num)s day at least.",
            "%(kind)s lasts %(num)s days at least.",
            limits.min_days,
            kind=limits.name,
        )
    if fault == "notice" and limits.notice_days:
        return ngettext(
            "%(kind)s has to be asked for %(num)s day before it begins.",
            "%(kind)s has to be asked for %(num)s days before it begins.",
            limits.notice_days,
            kind=limits.name,
        )
    return None


def freeze_type_fault_words(field: str, fault: str) -> str:
    """Return the sentence for a broken rule of a kind of freeze."""
    if fault == "range":
        low, high = FREEZE_LIMITS[field]
        return _("Expected a number from %(low)s to %(high)s.", low=low, high=high)
    return {
        "empty": _("This may not be empty."),
        "needed": _("A freeze with this kind of price needs an amount."),
        "not_for_kind": _("A freeze with this kind of price has no amount."),
        "below_shortest": _("This is less than the shortest freeze."),
    }[fault]


def freeze_price_words(kind: FreezePrice) -> str:
    """Return what a kind of price of a freeze is called."""
    return {
        FreezePrice.FREE: _("free"),
        FreezePrice.ONE_OFF: _("once per freeze"),
        FreezePrice.PER_MONTH: _("per begun month"),
        FreezePrice.KEEPS_BILLING: _("the plan's charges go on"),
    }[kind]


def cancel_reason_words(reason: CancelReason) -> str:
    """Return why somebody leaves, as staff and members read it."""
    return {
        CancelReason.MOVED_AWAY: _("Moved away"),
        CancelReason.INJURY: _("Injury or illness"),
        CancelReason.PRICE: _("Price"),
        CancelReason.TIME: _("No time"),
        CancelReason.COMPETITOR: _("Goes to another club"),
        CancelReason.SERVICE: _("Unhappy with the club"),
        CancelReason.OTHER: _("Another reason"),
    }[reason]


def leave_reason_words(reason: LeaveReason) -> str:
    """Return why somebody leaves or has left, as staff and members read it."""
    return {
        LeaveReason.MOVED_AWAY: _("Moved away"),
        LeaveReason.INJURY: _("Injury or illness"),
        LeaveReason.PRICE: _("Price"),
        LeaveReason.TIME: _("No time"),
        LeaveReason.BORED: _("Got bored"),
        LeaveReason.COMPETITOR: _("Goes to another club"),
        LeaveReason.SERVICE: _("Unhappy with the club"),
        LeaveReason.LATER: _("Not now, perhaps later"),
        LeaveReason.OTHER: _("Another reason"),
    }[reason]


def status_words(status: Status) -> str:
    """Return the name of a status."""
    return {
        Status.ACTIVE: _("Active"),
        Status.ACTIVE_IN_DEBT: _("Active, owes money"),
        Status.FROZEN: _("Frozen"),
        Status.WAITING: _("Waiting to start"),
        Status.EX: _("Former member"),
        Status.EX_IN_DEBT: _("Former member, owes money"),
        Status.NEVER: _("Never a member"),
    }[status]


def cause_words(standing: Standing) -> str:
    """Return the cause of a status as a plain sentence."""
    day = formats.day(standing.on) if standing.on else ""
    return {
        Cause.RUNS_UNTIL: _("The contract runs until %(day)s.", day=day),
        Cause.RUNS_ON: _("The contract runs until it is cancelled."),
        Cause.FROZEN_UNTIL: _("Frozen until %(day)s.", day=day),
        Cause.FROZEN_OPEN: _("Frozen until further notice."),
        Cause.OWES: _("The contract runs, but something is unpaid."),
        Cause.STARTS_ON: _("The contract starts on %(day)s.", day=day),
        Cause.ENDED_ON: _("The last contract ended on %(day)s.", day=day),
        Cause.USED_UP: _("All visits are used up."),
        Cause.INCOMPLETE: _("A contract was begun but not completed."),
        Cause.NO_CONTRACT: _("There has never been a contract."),
    }[standing.cause]


def mass_state_words(state: MassState) -> str:
    """Return where a change for everyone stands."""
    return {
        MassState.RUNNING: _("Under way"),
        MassState.DONE: _("Done"),
        MassState.UNDOING: _("Being taken back"),
        MassState.UNDONE: _("Taken back"),
    }[state]


def freeze_limit_words(terms: FreezeTerms) -> list[str]:
    """Return the limits of a kind of freeze as short sentences."""
    told = []
    if terms.min_days and terms.max_days:
        told.append(_("%(low)s to %(high)s days", low=terms.min_days, high=terms.max_days))
    elif terms.max_days:
        told.append(ngettext("%(num)s day at most", "%(num)s days at most", terms.max_days))
    elif terms.min_days:
        told.append(ngettext("%(num)s day at least", "%(num)s days at least", terms.min_days))
    told += _allowance_words(terms)
    if terms.notice_days:
        told.append(ngettext("%(num)s day of notice", "%(num)s days of notice", terms.notice_days))
    if terms.needs_proof:
        told.append(_("needs a document"))
    if terms.forbidden_in_debt:
        told.append(_("not in debt"))
    if terms.granted_by is GrantedBy.MANAGER:
        told.append(_("managers only"))
    if not terms.extends_end:
        told.append(_("the last day stays"))
    return told


def _allowance_words(terms: FreezeTerms) -> list[str]:
    told = []
    is_year = terms.allowance_per is AllowancePer.YEAR
    if terms.allowance_days:
        text = _("%(num)s days a year") if is_year else _("%(num)s days in all")
        told.append(text % {"num": terms.allowance_days})
    if terms.allowance_count:
        text = _("%(num)s times a year") if is_year else _("%(num)s times in all")
        told.append(text % {"num": terms.allowance_count})
    return told


def status_look(status: Status) -> tuple[str, str]:
    """Return tone and icon of a status; the word stands beside them."""
    return {
        Status.ACTIVE: ("go", "circle-check"),
        Status.ACTIVE_IN_DEBT: ("note", "cash"),
        Status.FROZEN: ("know", "snowflake"),
        Status.WAITING: ("know", "hourglass"),
        Status.EX_IN_DEBT: ("stop", "cash"),
        Status.EX: ("", "history"),
        Status.NEVER: ("", "user"),
    }[status]


def change_words(what: str) -> str:
    """Return what changed a contract; names that nobody words yet are told as they are."""
    return {
        "signed": _("Signed"),
        "renewed": _("Renewed"),
        "frozen": _("Frozen"),
        "freeze_ended": _("Freeze ended early"),
        "days_given": _("Days given"),
        "days_taken_back": _("Given days taken back"),
        "moved": _("Begins on another day"),
        "cancelled": _("Cancelled"),
        "cancellation_withdrawn": _("Cancellation taken back"),
        "ended": _("Ended"),
        "void": _("Declared void"),
        "changed_plan": _("Changed to another plan"),
        "change_undone": _("Change of plan undone"),
        "transferred": _("Transferred to somebody else"),
        "taken_over": _("Taken over from somebody else"),
        "left_family": _("Left the family"),
        "brought_in": _("Brought in from another system"),
    }.get(what, what.replace("_", " "))


def parting_words(what: str, why: str) -> str:
    """Return why a contract changed: the reason of a cancellation in words, else what was typed."""
    if what == "cancelled" and why in set(CancelReason):
        return cancel_reason_words(CancelReason(why))
    return why
