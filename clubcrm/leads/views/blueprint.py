"""Views room: the pages of leads, and what several of them read from a request."""

from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, request
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.policy import current_actor
from clubcrm.core.text import ascii_digits
from clubcrm.leads.models import Lead
from clubcrm.leads.queries.leads import lead_for

leads = Blueprint("leads", __name__, url_prefix="/leads")
Choice = TypeVar("Choice", bound=StrEnum)


def lead_or_404(public_id: str) -> Lead:
    """Return the lead of one of the reader's clubs; raises NOT_FOUND for others."""
    found = lead_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such lead in your clubs."))
    return found


def user_id() -> int | None:
    """Return who is at work, None when it is a program."""
    actor = current_actor()
    return actor.id if actor.kind == "user" else None


def chosen(kind: type[Choice], name: str) -> Choice | None:
    """Return what a field of the form chooses, None for anything else."""
    text = request.form.get(name, "")
    return next((one for one in kind if one.value == text), None)


def typed_day(name: str) -> date | None:
    """Return the day a field holds, in the digits of any script; None for anything else."""
    try:
        return date.fromisoformat(ascii_digits(request.form.get(name, "")).strip())
    except ValueError:
        return None


def typed_moment(name: str, zone: str) -> datetime | None:
    """Return the instant of a wall time a field holds, None for anything else."""
    try:
        wall = datetime.fromisoformat(ascii_digits(request.form.get(name, "")).strip())
    except ValueError:
        return None
    return clock.instant_of(wall.replace(tzinfo=None), zone)


def faults_of(error: DomainError) -> dict[str, str]:
    """Return the sentence for each wrong field; what concerns no field stands under ''."""
    return {one.field: str(one.message) for one in error.fields} or {"": error.text}
