"""Views room: the settings page of tags and of fields that the club adds itself."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.accounts.forms import roles as role_choices
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.web import current_actor, require
from clubcrm.people import tagging
from clubcrm.people.about_tables import OwnField
from clubcrm.people.own_fields import FieldOrder, add_field, change_field, retire_field
from clubcrm.people.permissions import SHAPE_FIELDS
from clubcrm.people.queries.about import (
    all_fields,
    field_by_public_id,
    field_uses,
    tag_by_public_id,
    tag_uses,
)
from clubcrm.people.rules.own_fields import OwnKind, choices_of
from clubcrm.people.views.about_words import kind_words
from clubcrm.people.views.words import spoken

own_field_pages = Blueprint("own_fields", __name__)
TEXTS = ("label", "kind", "choices", "help")


@own_field_pages.get("/settings/fields")
@require(SHAPE_FIELDS)
def index() -> ResponseReturnValue:
    scope = current_actor().scope
    return render_template(
        "clubcrm/people/own_fields.html",
        fields=all_fields(),
        uses=field_uses(scope),
        tags=tag_uses(scope),
        kind_words=kind_words(),
    )


@own_field_pages.route("/settings/fields/new", methods=["GET", "POST"])
@require(SHAPE_FIELDS)
def new() -> ResponseReturnValue:
    if request.method == "GET":
        return _form(None, {"kind": OwnKind.TEXT.value}, {})
    try:
        field = add_field(_order(OwnKind(_kind())))
    except DomainError as error:
        return _form(None, _typed(), _faults(error)), 400
    flash(_("“%(field)s” is asked on every card now.", field=field.label), "success")
    return redirect(url_for("own_fields.index"), 303)


@own_field_pages.route("/settings/fields/<public_id>", methods=["GET", "POST"])
@require(SHAPE_FIELDS)
def edit(public_id: str) -> ResponseReturnValue:
    field = _field(public_id)
    if request.method == "GET":
        return _form(field, _stored(field), {})
    try:
        change_field(field, _order(field.kind))
    except DomainError as error:
        return _form(field, _typed(), _faults(error)), 400
    flash(_("Saved."), "success")
    return redirect(url_for("own_fields.index"), 303)


@own_field_pages.post("/settings/fields/<public_id>/retire")
@require(SHAPE_FIELDS)
def retire(public_id: str) -> ResponseReturnValue:
    field = _field(public_id)
    retire_field(field, retired=field.retired_at is None)
    return redirect(url_for("own_fields.index"), 303)


@own_field_pages.post("/settings/tags/<public_id>/drop")
@require(SHAPE_FIELDS)
def drop_tag(public_id: str) -> ResponseReturnValue:
    tag = tag_by_public_id(public_id)
    if tag is None:
        raise not_found(_("There is no such tag."))
    tagging.drop_tag(tag)
    flash(_("The tag is gone from everybody."), "success")
    return redirect(url_for("own_fields.index"), 303)


def _field(public_id: str) -> OwnField:
    field = field_by_public_id(public_id)
    if field is None:
        raise not_found(_("There is no such field."))
    return field


def _kind() -> str:
    typed = request.form.get("kind", "")
    return typed if typed in set(OwnKind) else OwnKind.TEXT.value


def _order(kind: OwnKind) -> FieldOrder:
    known = {name for name, _words in role_choices()}
    return FieldOrder(
        label=request.form.get("label", ""),
        kind=kind,
        choices=choices_of(request.form.get("choices", "")),
        help=request.form.get("help", ""),
        is_required="required" in request.form,
        roles=tuple(role for role in request.form.getlist("roles") if role in known),
    )


def _typed() -> dict[str, object]:
    return {
        **{name: request.form.get(name, "") for name in TEXTS},
        "required": "required" in request.form,
        "roles": request.form.getlist("roles"),
    }


def _stored(field: OwnField) -> dict[str, object]:
    return {
        "label": field.label,
        "kind": field.kind.value,
        "choices": "\n".join(field.choices),
        "help": field.help,
        "required": field.is_required,
        "roles": field.roles,
    }


def _faults(error: DomainError) -> dict[str, str]:
    return {one.field: spoken(one.message) for one in error.fields}


def _form(field: OwnField | None, typed: dict[str, object], faults: dict[str, str]) -> str:
    return render_template(
        "clubcrm/people/own_field.html",
        field=field,
        typed=typed,
        faults=faults,
        kinds=[(kind.value, words) for kind, words in kind_words().items()],
        roles=role_choices(),
    )
