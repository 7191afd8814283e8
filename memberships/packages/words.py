"""Queries room: the words in which people read packages, their units and their lines."""

from flask_babel import gettext as _
from flask_babel import ngettext

from memberships.packages.models import EntryKind
from memberships.packages.terms import LIMITS, MissedRule, PackageTerms, Service, TrainerChoice


def service_words(service: Service | str) -> str:
    """Return what a service is called at the desk; an unknown one by its own name."""
    known = {
        Service.PERSONAL: _("Personal training"),
        Service.DUO: _("Training for two"),
        Service.SMALL_GROUP: _("Small group"),
        Service.MASSAGE: _("Massage"),
        Service.NUTRITION: _("Nutrition advice"),
        Service.OTHER: _("Other service"),
    }
    return known.get(Service(service), str(service)) if service in set(Service) else str(service)


def missed_words(rule: MissedRule) -> str:
    """Return what a missed appointment costs."""
    return {
        MissedRule.UNIT: _("costs the unit"),
        MissedRule.NOTHING: _("costs nothing"),
    }[rule]


def choice_words(choice: TrainerChoice) -> str:
    """Return who may give the sessions."""
    return {
        TrainerChoice.ANY: _("any trainer of the club"),
        TrainerChoice.CHOSEN: _("the trainer chosen at the sale"),
    }[choice]


def validity_words(terms: PackageTerms) -> str:
    """Return how long the units are valid."""
    if terms.valid_days is None:
        return _("without end")
    return ngettext("%(num)s day", "%(num)s days", terms.valid_days)


def units_words(count: int) -> str:
    """Return so many sessions in words."""
    return ngettext("%(num)s session", "%(num)s sessions", count)


def entry_words(kind: EntryKind) -> str:
    """Return what a line of the units ledger did."""
    return {
        EntryKind.BUY: _("Bought"),
        EntryKind.USE: _("Used"),
        EntryKind.RETURN: _("Given back"),
        EntryKind.EXPIRE: _("Expired"),
        EntryKind.TRANSFER: _("Transferred"),
        EntryKind.CORRECT: _("Corrected"),
    }[kind]


def terms_fault_words(field: str, fault: str) -> str:
    """Return the sentence for a broken rule of a package's terms."""
    if fault == "empty":
        return _("This may not be empty.")
    low, high = LIMITS[field]
    return _("Expected a number from %(low)s to %(high)s.", low=low, high=high)
