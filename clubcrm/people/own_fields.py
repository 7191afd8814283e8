"""Services room: fields that a club adds without code, and what stands in them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select

from clubcrm.core import audit
from clubcrm.core.clock import now
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.policy import current_actor
from clubcrm.core.text import clean, fold
from clubcrm.people.about_tables import OwnField, OwnValue
from clubcrm.people.findability import drop_search_word, set_search_word
from clubcrm.people.models import Person
from clubcrm.people.queries.about import fields_for, rule_of, values_of
from clubcrm.people.rules.own_fields import FAULTS, OwnKind, RefusedValueError, kept_form
from clubcrm.people.rules.profiles import handle_of

LONGEST_LABEL = 60
LONGEST_HELP = 160


@dataclass(frozen=True, slots=True)
class FieldOrder:
    """A field as the owner wants it."""

    label: str
    kind: OwnKind
    choices: tuple[str, ...] = ()
    help: str = ""
    is_required: bool = False
    roles: tuple[str, ...] = ()


def add_field(order: FieldOrder, *, by: str | None = None) -> OwnField:
    """The field is asked of everybody from now on; raises INVALID_INPUT naming what is wrong."""
    label = _label(order.label, None)
    _check_choices(order)
    last = db.session.scalar(select(func.max(OwnField.position)))
    field = OwnField(
        label=label,
        folded=fold(label),
        kind=order.kind,
        position=(last or 0) + 1,
        made_by=by or current_actor().ref,
    )
    _describe(field, order)
    db.session.add(field)
    db.session.flush()
    after = {"label": label, "kind": order.kind.value}
    audit.note("field.added", "own_field", field.id, after=after, by=by)
    return field


def change_field(field: OwnField, order: FieldOrder) -> None:
    """The field is as told; its kind stays, since values stand in it.

    A choice that somebody has stays in the list. Raises INVALID_INPUT naming it otherwise.
    """
    label = _label(order.label, field.id)
    order = FieldOrder(label, field.kind, order.choices, order.help, order.is_required, order.roles)
    _check_choices(order)
    if field.kind is OwnKind.CHOICE:
        used = set(
            db.session.scalars(
                select(OwnValue.value).where(OwnValue.field_id == field.id).distinct()
            )
        )
        missing = sorted(used - set(order.choices))
        if missing:
            told = _("Somebody has “%(choice)s”: it has to stay in the list.", choice=missing[0])
            raise invalid({"choices": told})
    before = {"label": field.label, "choices": field.choices, "roles": field.roles}
    field.label, field.folded = label, fold(label)
    _describe(field, order)
    db.session.flush()
    after = {"label": field.label, "choices": field.choices, "roles": field.roles}
    audit.note("field.changed", "own_field", field.id, before=before, after=after)


def retire_field(field: OwnField, *, retired: bool) -> None:
    """The field is asked no more, or again; what stands in it stays."""
    field.retired_at = now() if retired else None
    db.session.flush()
    audit.note("field.retired" if retired else "field.revived", "own_field", field.id)


def fill_in(person: Person, typed: Mapping[str, str], *, role: str, by: str | None = None) -> None:
    """What is typed stands in the fields, by their public ids; fields not named stay as they are.

    A field the role does not see is left alone. Raises INVALID_INPUT naming every wrong field.
    """
    stored, faults, kept = values_of(person.id), {}, {}
    for field in fields_for(role):
        if field.public_id not in typed:
            continue
        try:
            text = clean(typed[field.public_id], field.public_id, longest=5000)
            kept[field] = kept_form(rule_of(field), text)
        except RefusedValueError as refusal:
            faults[field.public_id] = FAULTS[refusal.fault]
    if faults:
        raise invalid(faults)
    for field, value in kept.items():
        if value != stored.get(field.id, ""):
            _keep(person, field, stored.get(field.id, ""), value, by)
    db.session.flush()


def _keep(person: Person, field: OwnField, old: str, new: str, by: str | None) -> None:
    row = db.session.get(OwnValue, (person.id, field.id))
    if row is None and new:
        row = OwnValue(person_id=person.id, field_id=field.id)
        db.session.add(row)
    if row is not None and new:
        row.value, row.changed_at, row.changed_by = new, now(), by or current_actor().ref
    elif row is not None:
        db.session.delete(row)
    if field.kind is OwnKind.LINK:
        _find_by(person, old, new)
    audit.note(
        "field.filled",
        "person",
        person.id,
        before={"field": field.label, "value": old},
        after={"field": field.label, "value": new},
        by=by,
    )


def _find_by(person: Person, old: str, new: str) -> None:
    """Who has a page of a network is found by his name there."""
    if before := handle_of(old):
        drop_search_word(person.id, before)
    if after := handle_of(new):
        set_search_word(person.id, after)


def _describe(field: OwnField, order: FieldOrder) -> None:
    field.choices = list(order.choices) if order.kind is OwnKind.CHOICE else []
    field.help = clean(order.help, "help", longest=LONGEST_HELP)
    field.is_required, field.roles = order.is_required, sorted(set(order.roles))


def _label(typed: str, own_id: int | None) -> str:
    label = clean(typed, "label", longest=LONGEST_LABEL)
    if not fold(label):
        raise invalid({"label": "Give the field a name."})
    taken = db.session.scalar(select(OwnField.id).where(OwnField.folded == fold(label)))
    if taken is not None and taken != own_id:
        raise invalid({"label": "There is a field of this name already."})
    return label


def _check_choices(order: FieldOrder) -> None:
    if order.kind is OwnKind.CHOICE and len(order.choices) < 2:
        raise invalid({"choices": "Write at least two choices, one a line."})
