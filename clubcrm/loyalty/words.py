"""Queries room: the words for kinds of rewards, states of recommendations and lines of points."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from clubcrm.core import formats
from clubcrm.loyalty.rules.discounts import Basis, DiscountState
from clubcrm.loyalty.rules.points import PointCause, PointKind
from clubcrm.loyalty.rules.programme import Reward, RewardKind
from clubcrm.loyalty.rules.referrals import ReferralState, Refusal

STATES: Mapping[ReferralState, tuple[str, object]] = {
    ReferralState.CAME: ("note", _l("came")),
    ReferralState.SIGNED: ("know", _l("signed, waits")),
    ReferralState.REWARDED: ("go", _l("thanked")),
    ReferralState.FAILED: ("", _l("did not stay")),
}
WHY: Mapping[str, object] = {
    "": "",
    "left": _l("left before the day"),
    "unpaid": _l("has not paid"),
    "capped": _l("the host has had the most of his period"),
    "host_pays": _l("the host is thanked after his next payment"),
    "host_left": _l("the host is no member any more"),
}
WAYS: Mapping[str, object] = {"link": _l("by the link"), "desk": _l("told at the desk")}


def state_look(state: ReferralState) -> tuple[str, str]:
    """Return tone and word of a state."""
    tone, word = STATES[state]
    return tone, str(word)


def why_words(why: str) -> str:
    """Return why nobody, or only one of the two, got anything."""
    return str(WHY.get(why, why))


def way_words(way: str) -> str:
    """Return how somebody was said to have been brought."""
    return str(WAYS.get(way, way))


def kind_words() -> dict[RewardKind, str]:
    """Return what a reward may be."""
    return {
        RewardKind.NONE: _("nothing"),
        RewardKind.DAYS: _("days of membership"),
        RewardKind.BONUS: _("bonus money"),
        RewardKind.POINTS: _("points"),
    }


def reward_words(reward: Reward, currency: str) -> str:
    """Return a reward as a person says it; empty for none."""
    if reward.kind is RewardKind.DAYS:
        return ngettext("%(num)s day", "%(num)s days", reward.amount)
    if reward.kind is RewardKind.BONUS:
        return formats.money(reward.amount, currency)
    if reward.kind is RewardKind.POINTS:
        return ngettext("%(num)s point", "%(num)s points", reward.amount)
    return ""


def cause_words(kind: PointKind, cause: PointCause) -> str:
    """Return what a line of points is about."""
    words = {
        PointCause.VISIT: _("Visit"),
        PointCause.PURCHASE: _("Bought at the bar"),
        PointCause.RENEWAL: _("Membership renewed"),
        PointCause.REFERRAL: _("Friend brought"),
        PointCause.HAND: _("Given by the club"),
        PointCause.BONUS: _("Turned into bonus money"),
        PointCause.TIME: _("Ended unused"),
    }
    if kind is PointKind.EARN and cause is PointCause.BONUS:
        return _("Back from a sale that was returned")
    return (
        _("Taken back: %(what)s", what=words[cause]) if kind is PointKind.REVERSE else words[cause]
    )


def refusal_words(refusal: Refusal) -> str:
    """Return why somebody does not count as brought."""
    return {
        Refusal.OFF: _("The club gives nothing for friends at the moment."),
        Refusal.SELF: _("Nobody brings himself: both have the same number or address."),
        Refusal.BROUGHT: _("Somebody has brought this person before."),
        Refusal.KNOWN: _("The club knew this person before."),
        Refusal.CIRCLE: _("The two have brought each other."),
    }[refusal]


def basis_words() -> dict[Basis, str]:
    """Return by what of his history a member is chosen."""
    return {
        Basis.MONTHS: _("months as a member"),
        Basis.VISITS: _("visits within a year"),
        Basis.SPENT: _("spent within a year"),
        Basis.BAR: _("spent at the bar within a year"),
    }


def found_words(basis: Basis, found: int, currency: str) -> str:
    """Return what of a history a rule has looked at."""
    if basis in (Basis.SPENT, Basis.BAR):
        return formats.money(found, currency)
    if basis is Basis.MONTHS:
        return ngettext("%(num)s month", "%(num)s months", found)
    return ngettext("%(num)s visit", "%(num)s visits", found)


def discount_look(state: DiscountState) -> tuple[str, str]:
    """Return tone and word of where a proposed discount stands."""
    return {
        DiscountState.PROPOSED: ("note", _("to decide")),
        DiscountState.APPROVED: ("go", _("given")),
        DiscountState.DECLINED: ("", _("declined")),
        DiscountState.LAPSED: ("", _("nobody decided")),
    }[state]
