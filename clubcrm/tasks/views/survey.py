"""Views room: the half-way question on a member's phone, reached by link."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.policy import member_link
from clubcrm.people.api import OpenedLink, open_link
from clubcrm.tasks import surveys
from clubcrm.tasks.lists import Host, host_of
from clubcrm.tasks.outcomes import Mood, mood_of

survey = Blueprint("survey", __name__)
ASKED = "a member answers how he likes the club"


@survey.get("/ask/<token>")
@member_link(ASKED)
def show(token: str) -> ResponseReturnValue:
    """Eleven numbers and a line for words; or thanks, once it is answered."""
    link, host = _link(token)
    return _page(host, token, answer=surveys.answer_of(link.link_id))


@survey.post("/ask/<token>")
@member_link(ASKED)
def answer(token: str) -> ResponseReturnValue:
    link, host = _link(token)
    typed = request.form.get("score", "")
    score = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else -1
    said = surveys.Said(score, request.form.get("words", ""))
    try:
        surveys.answer_survey(link, said)
    except DomainError as error:
        return _page(host, token, answer=None, refusal=error.text), error.status
    return redirect(url_for("survey.show", token=token), 303)


@survey.post("/ask/<token>/friend")
@member_link(ASKED)
def friend(token: str) -> ResponseReturnValue:
    """The desk gives guest passes at the next visit."""
    link, _host = _link(token)
    found = surveys.answer_of(link.link_id)
    if found is None or mood_of(found.score) is not Mood.PROMOTER:
        raise not_found(_("There is nothing to add here."))
    surveys.offer_friend(found)
    return redirect(url_for("survey.show", token=token, friend="yes"), 303)


def _link(token: str) -> tuple[OpenedLink, Host]:
    link = open_link(surveys.PURPOSE, token)
    if link is None:
        raise not_found(_("This link has ended. Ask the front desk for a new one."))
    return link, host_of(link.person_id)


def _page(host: Host, token: str, **more: Any) -> str:
    """Show the page in the member's language, or in that of his browser."""
    found = more["answer"]
    more |= {
        "member": host,
        "token": token,
        "typed": request.form,
        "mood": mood_of(found.score).value if found else "",
        "has_friend": request.args.get("friend") == "yes",
    }
    language = host.language.replace("-", "_").partition("_")[0]
    if language not in LANGUAGES:
        return render_template("clubcrm/tasks/survey.html", **more)
    with force_locale(language):
        return render_template("clubcrm/tasks/survey.html", **more)
