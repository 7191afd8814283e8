"""Views room: calendars by secret address, for phones of members and staff."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, member_link, require
from clubcrm.people.api import link_address, open_link
from memberships.permissions import SEE_CLASSES
from memberships.schedule.calendars import member_calendar, teacher_calendar, user_of_feed
from memberships.schedule.feeds import PURPOSE, digest_of, new_staff_feed

class_feeds = Blueprint("class_feeds", __name__)


@class_feeds.get("/calendar/member/<token>.ics")
@member_link("calendar programs read the classes of one member, and nothing else")
def member(token: str) -> Response:
    """The classes of the holder of the link."""
    opened = open_link(PURPOSE, token)
    if opened is None:
        raise not_found(_("This calendar is not there any more."))
    return _answer(member_calendar(opened.person_id))


@class_feeds.get("/calendar/staff/<token>.ics")
@member_link("calendar programs read the classes that one person teaches, and nothing else")
def staff(token: str) -> Response:
    """The classes the holder of the link teaches."""
    user_id = user_of_feed(digest_of(token[:64]))
    if user_id is None:
        raise not_found(_("This calendar is not there any more."))
    return _answer(teacher_calendar(user_id))


@class_feeds.get("/schedule/calendar")
@require(SEE_CLASSES)
def own() -> str:
    """How to see one's classes in the calendar of a phone."""
    return render_template("memberships/schedule/feed.html", address="")


@class_feeds.post("/schedule/calendar")
@require(SEE_CLASSES)
def make() -> ResponseReturnValue:
    """A new secret address is shown once; the old one is over."""
    actor = current_actor()
    if actor.kind != "user":
        flash(_("Only people have a calendar."), "danger")
        return redirect(url_for("class_feeds.own"), 303)
    token = new_staff_feed(actor.id, by=actor.ref)
    address = link_address("class_feeds.staff", token)
    return render_template("memberships/schedule/feed.html", address=address)


def _answer(content: bytes) -> Response:
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.headers["Content-Disposition"] = 'inline; filename="classes.ics"'
    return answer
