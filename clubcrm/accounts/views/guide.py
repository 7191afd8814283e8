"""Views: the first week inside the product: a few pages a day, by role, ticked when known."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clubcrm.accounts.guide import tick, ticked, untick
from clubcrm.core.errors import not_found
from clubcrm.core.finding import steps_of
from clubcrm.core.policy import current_actor, signed_in

guide = Blueprint("guide", __name__)
WHY = "everybody learns the pages of the own role"


@guide.get("/first-week")
@signed_in(WHY)
def week() -> ResponseReturnValue:
    """The steps of the person's role by day, and which of them are known already."""
    actor = current_actor()
    steps = steps_of(actor)
    done = ticked(actor.id)
    days: dict[int, list[object]] = {}
    for day, place in steps:
        days.setdefault(day, []).append(place)
    first = next((place.endpoint for _day, place in steps if place.endpoint not in done), "")
    known = sum(place.endpoint in done for _day, place in steps)
    return render_template(
        "clubcrm/guide/first_week.html",
        days=days,
        done=done,
        first=first,
        known=known,
        total=len(steps),
        address_of=lambda place: url_for(place.endpoint),
    )


@guide.post("/first-week")
@signed_in(WHY)
def keep() -> ResponseReturnValue:
    """A step is known, or is to be looked at again."""
    actor, step = current_actor(), request.form.get("step", "")
    if step not in {place.endpoint for _day, place in steps_of(actor)}:
        raise not_found("There is no such step.")
    if request.form.get("known") == "1":
        tick(actor.id, step)
    else:
        untick(actor.id, step)
    return redirect(url_for("guide.week"), 303)
