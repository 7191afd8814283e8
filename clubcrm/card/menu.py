"""Queries room: what can be done from a member's card: three main acts, the others in groups."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _

from clubcrm.core.policy import current_actor

Way = tuple[str, str, str, str]
# endpoint, icon, right, and how the endpoint calls the person
MAIN: tuple[Way, ...] = (
    ("account.pay", "cash", "money.take", "person_id"),
    ("contracts.new", "file-text", "contracts.sign", "person_id"),
    ("people.notes", "note", "people.edit", "public_id"),
)
MEMBERSHIP: tuple[Way, ...] = (
    ("standings.show", "history", "contracts.see", "person_id"),
    ("contracts.freeze", "snowflake", "contracts.freeze", "person_id"),
    ("leaving.days", "gift", "contracts.freeze", "person_id"),
    ("going_on.family", "users", "contracts.sign", "person_id"),
    ("leaving.show", "door-exit", "contracts.cancel", "person_id"),
)
MONEY: tuple[Way, ...] = (
    ("account.show", "wallet", "contracts.see", "person_id"),
    ("paperwork.of_member", "printer", "contracts.see", "person_id"),
    ("waivers.show", "file-text", "waivers.take", "person_id"),
    ("medical.show", "stethoscope", "medical.take", "person_id"),
)
TRAINING: tuple[Way, ...] = (
    ("training.member", "ticket", "contracts.see", "person_id"),
    ("own_classes.show", "calendar", "classes.book", "person_id"),
    ("guests.bring", "friends", "guests.invite", "person_id"),
    ("member_loyalty.show", "gift", "loyalty.see", "person_id"),
)
PERSON: tuple[Way, ...] = (
    ("people.handover", "pin", "people.edit", "public_id"),
    ("people.documents", "photo", "people.documents", "public_id"),
    ("people.edit", "pencil", "people.edit", "public_id"),
    ("people.about", "tag", "people.see", "public_id"),
    ("people.contacts", "phone", "people.edit", "public_id"),
    ("people.address", "map-pin", "people.edit", "public_id"),
    ("people.consents", "shield-check", "people.edit", "public_id"),
    ("cards.show", "id", "gate.credentials", "person_id"),
    ("tickets.of_member", "message-circle", "tickets.see", "person_id"),
    ("tasks.complain", "message-report", "tasks.see", "person_id"),
    ("people.peace", "bell-off", "people.edit", "public_id"),
    ("people.changes", "history", "people.changes", "public_id"),
    ("people.privacy", "shield-check", "people.privacy", "public_id"),
    ("people.choose_double", "users-group", "people.merge", "public_id"),
)


@dataclass(frozen=True, slots=True)
class Act:
    """A button of the card."""

    href: str
    icon: str
    label: str


@dataclass(frozen=True, slots=True)
class ActGroup:
    """Acts of one kind under their name."""

    title: str
    acts: list[Act]


def main_acts(person_id: str) -> list[Act]:
    """Return the acts that stand open on the card for who is asking."""
    return _allowed(MAIN, person_id)


def further_acts(person_id: str) -> list[ActGroup]:
    """Return the other acts for who is asking, in groups that are not empty."""
    groups = (
        (_("Membership"), MEMBERSHIP),
        (_("Money and papers"), MONEY),
        (_("Training"), TRAINING),
        (_("Person"), PERSON),
    )
    shown = [ActGroup(title, _allowed(ways, person_id)) for title, ways in groups]
    return [group for group in shown if group.acts]


def _allowed(ways: tuple[Way, ...], person_id: str) -> list[Act]:
    labels, actor = _labels(), current_actor()
    return [
        Act(_address(endpoint, {name: person_id}), icon, labels[endpoint])
        for endpoint, icon, right, name in ways
        if endpoint in current_app.view_functions and actor.may(right)
    ]


def _address(endpoint: str, values: dict[str, Any]) -> str:
    return url_for(endpoint, **values)


def _labels() -> dict[str, str]:
    return {
        "account.pay": _("Take payment"),
        "contracts.new": _("New contract"),
        "people.notes": _("Write a note"),
        "standings.show": _("Status and contracts"),
        "contracts.freeze": _("Freeze or block"),
        "leaving.days": _("Give days"),
        "going_on.family": _("Family"),
        "leaving.show": _("Cancel a contract"),
        "account.show": _("Account"),
        "paperwork.of_member": _("Papers"),
        "waivers.show": _("Waiver"),
        "medical.show": _("Medical certificates"),
        "training.member": _("Packages and training"),
        "own_classes.show": _("Book classes"),
        "guests.bring": _("Bring a guest"),
        "people.handover": _("Handover note"),
        "people.documents": _("Documents and photos"),
        "member_loyalty.show": _("Friends and points"),
        "people.edit": _("Change name, birthday, photo"),
        "people.about": _("Tags, fields, family"),
        "people.contacts": _("Ways to reach"),
        "people.address": _("Postal address"),
        "people.consents": _("Consents"),
        "cards.show": _("Cards"),
        "tickets.of_member": _("Questions and answers"),
        "tasks.complain": _("Note a complaint"),
        "people.peace": _("Leave in peace"),
        "people.changes": _("Changes"),
        "people.privacy": _("Privacy"),
        "people.choose_double": _("Join with another record"),
    }
