"""Views room: where a person stood on any day and why, beside the history of his contracts."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from clubcrm.core.web import require
from memberships.contracts.forms import typed_day
from memberships.contracts.history import changes_of_person, contracts_of, standing_on
from memberships.contracts.standing import Standing
from memberships.contracts.views.contracts import Whom, whom_of
from memberships.contracts.words import (
    cause_words,
    change_words,
    parting_words,
    status_look,
    status_words,
)
from memberships.permissions import SEE_CONTRACTS

standings = Blueprint("standings", __name__)
EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 1, 1)


@standings.get("/members/<person_id>/standing")
@require(SEE_CONTRACTS)
def show(person_id: str) -> ResponseReturnValue:
    """One status and its cause for the chosen day, by default today."""
    whom = whom_of(person_id)
    typed = typed_day(request.args.get("on"))
    day = typed if typed and EARLIEST <= typed <= LATEST else whom.today
    return _page(whom, day, standing_on(whom.person.id, day))


def _page(whom: Whom, day: date, found: Standing) -> ResponseReturnValue:
    tone, icon = status_look(found.status)
    return render_template(
        "memberships/contracts/standing.html",
        whom=whom,
        day_shown=day,
        standing=found,
        tone=tone,
        picture=icon,
        word=status_words(found.status),
        cause=cause_words(found),
        contracts=contracts_of(whom.person.id),
        changes=changes_of_person(whom.person.id),
        change_words=change_words,
        parting_words=parting_words,
    )
