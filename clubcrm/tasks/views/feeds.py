"""Views room: one's tasks in the calendar of a phone."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, member_link, require
from clubcrm.people.api import link_address
from clubcrm.tasks.calendars import calendar_by, new_feed
from clubcrm.tasks.permissions import SEE_TASKS

task_feeds = Blueprint("task_feeds", __name__)


@task_feeds.get("/calendar/tasks/<token>.ics")
@member_link("calendar programs read the open tasks of one person, and nothing else")
def feed(token: str) -> Response:
    """The open tasks of the holder of the address."""
    content = calendar_by(token)
    if content is None:
        raise not_found(_("This calendar is not there any more."))
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.headers["Content-Disposition"] = 'inline; filename="tasks.ics"'
    return answer


@task_feeds.get("/tasks/calendar")
@require(SEE_TASKS)
def own() -> str:
    """How to see one's tasks in the calendar of a phone."""
    return render_template("clubcrm/tasks/feed.html", address="")


@task_feeds.post("/tasks/calendar")
@require(SEE_TASKS)
def make() -> ResponseReturnValue:
    """A new secret address is shown once; the old one is over."""
    actor = current_actor()
    if actor.kind != "user":
        flash(_("Only people have a calendar."), "danger")
        return redirect(url_for("task_feeds.own"), 303)
    address = link_address("task_feeds.feed", new_feed(actor.id, by=actor.ref))
    return render_template("clubcrm/tasks/feed.html", address=address)
