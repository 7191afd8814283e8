"""Queries room: the rule of a segment in words, and what its form offers to choose from."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.campaigns.rules.tree import Condition, Fault, Group, Join, Part, TraitFacts
from clubcrm.core import formats
from clubcrm.people.rules.trait_kinds import Op, TraitKind
from clubcrm.people.traits import Trait


def group_words() -> dict[str, str]:
    """Return what the groups of traits are called."""
    return {
        "person": _("Person"),
        "membership": _("Membership"),
        "visits": _("Visits"),
        "journey": _("Journey"),
        "classes": _("Classes and training"),
        "units": _("Sessions and packages"),
        "money": _("Money"),
        "bar": _("Bar"),
        "leads": _("Sales"),
        "loyalty": _("Friends and points"),
        "card": _("Tags and own fields"),
    }


def join_words() -> list[tuple[str, str]]:
    """Return the ways in which parts of a group count together."""
    return [
        (Join.ALL.value, _("all of these")),
        (Join.ANY.value, _("at least one of these")),
        (Join.NONE.value, _("none of these")),
    ]


def op_words(kind: TraitKind) -> dict[Op, str]:
    """Return what each comparison of a kind is called."""
    if kind in {TraitKind.NUMBER, TraitKind.MONEY, TraitKind.AGE}:
        return {Op.AT_LEAST: _("at least"), Op.AT_MOST: _("at most"), Op.EQUALS: _("exactly")}
    if kind is TraitKind.CHOICE:
        return {Op.ANY_OF: _("one of"), Op.NONE_OF: _("none of")}
    if kind is TraitKind.YES:
        return {Op.IS: _("yes"), Op.IS_NOT: _("no")}
    return {
        Op.WITHIN_LAST: _("within the last days"),
        Op.NOT_WITHIN: _("not within the last days, or never"),
        Op.LONGER_AGO: _("longer ago than days"),
        Op.WITHIN_NEXT: _("within the next days"),
        Op.ON_OR_AFTER: _("on or after"),
        Op.BEFORE: _("before"),
        Op.KNOWN: _("is known"),
        Op.NEVER: _("never, or not known"),
    }


def rule_words(part: Part, traits: Mapping[str, Trait], club: tuple[int, str]) -> str:
    """Return the rule in one sentence; `club` is its id and currency."""
    if isinstance(part, Condition):
        return condition_words(part, traits, club)
    told = [
        f"({words})" if isinstance(one, Group) and len(one.parts) > 1 else words
        for one in part.parts
        if (words := rule_words(one, traits, club))
    ]
    if part.join is Join.ALL:
        return _(" and ").join(told)
    either = _(" or ").join(told)
    return either if part.join is Join.ANY else _("none of: %(these)s", these=either)


def condition_words(one: Condition, traits: Mapping[str, Trait], club: tuple[int, str]) -> str:
    """Return one condition in words, as in "Days with a visit in the last 90 days: at most 3"."""
    trait = traits.get(one.trait)
    if trait is None:
        return _("something that is not known any more: %(code)s", code=one.trait)
    label = str(trait.label)
    if trait.window is not None:
        label = window_words(label, one.days or 0, ahead=trait.ahead)
    if trait.kind is TraitKind.YES:
        return label if one.op is Op.IS else _("not: %(what)s", what=label)
    return f"{label}: {_compared(one, trait, club)}"


def window_words(label: str, days: int, *, ahead: bool) -> str:
    """Return what is counted, and within how many days."""
    if ahead:
        return ngettext(
            "%(what)s within the next %(num)s day",
            "%(what)s within the next %(num)s days",
            days,
            what=label,
        )
    return ngettext(
        "%(what)s in the last %(num)s day", "%(what)s in the last %(num)s days", days, what=label
    )


def _compared(one: Condition, trait: Trait, club: tuple[int, str]) -> str:
    words = op_words(trait.kind)
    if trait.kind is TraitKind.CHOICE:
        named = dict(trait.choices(club[0])) if trait.choices else {}
        chosen = ", ".join(named.get(value, value) for value in one.values)
        return chosen if one.op is Op.ANY_OF else _("not %(these)s", these=chosen)
    if trait.kind is TraitKind.DAY:
        return _dated(one)
    value = formats.number(one.number)
    if trait.kind is TraitKind.MONEY:
        value = formats.money(one.number, club[1])
    return f"{words[one.op]} {value}"


def _dated(one: Condition) -> str:
    days = one.days or 0
    if one.op is Op.WITHIN_LAST:
        return ngettext("within the last %(num)s day", "within the last %(num)s days", days)
    if one.op is Op.NOT_WITHIN:
        return ngettext(
            "not within the last %(num)s day, or never",
            "not within the last %(num)s days, or never",
            days,
        )
    if one.op is Op.LONGER_AGO:
        return ngettext("more than %(num)s day ago", "more than %(num)s days ago", days)
    if one.op is Op.WITHIN_NEXT:
        return ngettext("within the next %(num)s day", "within the next %(num)s days", days)
    if one.op is Op.ON_OR_AFTER:
        return _("on or after %(day)s", day=formats.day_long(date.fromisoformat(one.value)))
    if one.op is Op.BEFORE:
        return _("before %(day)s", day=formats.day_long(date.fromisoformat(one.value)))
    return op_words(TraitKind.DAY)[one.op]


def fault_words(fault: Fault) -> str:
    """Return the sentence for what is wrong with a place of a rule."""
    words = {
        Fault.UNKNOWN_TRAIT: _("Choose what is compared."),
        Fault.WRONG_OP: _("This comparison does not fit. Choose another."),
        Fault.NEEDS_NUMBER: _("Expected a whole number."),
        Fault.NEEDS_DAYS: _("Expected a number of days from 1 to 3650."),
        Fault.NEEDS_DATE: _("Expected a day."),
        Fault.NEEDS_CHOICE: _("Choose at least one."),
        Fault.UNKNOWN_CHOICE: _("One of the chosen is not there any more."),
        Fault.EMPTY: _("Add at least one condition."),
        Fault.TOO_DEEP: _("Groups lie at most four deep."),
        Fault.TOO_MANY: _("A rule has at most 30 conditions."),
        Fault.BROKEN: _("This is no rule."),
    }
    return words[fault]


def traits_offered(traits: Mapping[str, Trait]) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """Return the traits of the form by group, each group with its name."""
    names, found = group_words(), dict[str, list[tuple[str, str]]]()
    for one in traits.values():
        found.setdefault(one.group, []).append((one.code, str(one.label)))
    return [(names.get(group, group), several) for group, several in found.items()]


def facts_of(traits: Mapping[str, Trait], club_id: int, used: set[str]) -> dict[str, TraitFacts]:
    """Return what has to be known of each trait to judge a rule; choices of the used ones only."""
    return {
        code: TraitFacts(
            one.kind,
            one.window is not None,
            frozenset(key for key, _words in one.choices(club_id))
            if one.choices is not None and code in used
            else None,
        )
        for code, one in traits.items()
    }
