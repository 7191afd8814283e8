"""Views: where people are signed in, and ending that."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from clubcrm.accounts import sessions as kept
from clubcrm.accounts.actors import current_session_id
from clubcrm.accounts.models import UserSession
from clubcrm.accounts.permissions import END_SESSIONS
from clubcrm.accounts.queries import open_sessions
from clubcrm.accounts.views.blueprints import settings
from clubcrm.core.policy import current_actor
from clubcrm.core.shell import chosen_club
from clubcrm.core.web import signed_in

REF_LENGTH = 16
# Browsers claim to be older ones too, so the telling marks come first.
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@settings.get("/sessions")
@signed_in("everybody sees where he is signed in; others only with the right for it")
def sessions() -> ResponseReturnValue:
    club, here = chosen_club(), current_session_id()
    shown = [
        (
            session,
            name,
            _browser_words(session.agent),
            session.token_hash[:REF_LENGTH],
            session.id == here,
        )
        for session, _public_id, name in open_sessions(_whose())
    ]
    return render_template(
        "clubcrm/settings/sessions.html", sessions=shown, zone=club.zone if club else "UTC"
    )


@settings.post("/sessions/<ref>/end")
@signed_in("everybody may end his own sessions; others only with the right for it")
def session_end(ref: str) -> ResponseReturnValue:
    for session, _public_id, name in open_sessions(_whose()):
        if _ref(session) == ref:
            kept.end_session(session.id, f"ended by {current_actor().ref}")
            flash(_("That browser of %(name)s is signed out.", name=name), "success")
            return redirect(url_for("settings.sessions"), 303)
    raise NotFound


def _browser_words(agent: str) -> str:
    """Return browser and system as people call them; "" of either when it is an unknown one."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or agent[:40] or _("unknown")


def _ref(session: UserSession) -> str:
    return session.token_hash[:REF_LENGTH]


def _whose() -> int | None:
    actor = current_actor()
    return None if actor.may(END_SESSIONS) else actor.id
