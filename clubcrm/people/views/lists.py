"""Views room: the list of people with its search, filters and pages."""

from datetime import datetime, timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from clubcrm.core import clock
from clubcrm.core.shell import chosen_club, my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.permissions import SEE_PEOPLE
from clubcrm.people.queries.hits import PersonHit, load_hits
from clubcrm.people.queries.persons import Show, count_of, find_person, page_key, page_of
from clubcrm.people.queries.search import search
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.words import show_words

PER_PAGE = 50
NEW_FOR = timedelta(days=30)
LONGEST_QUERY = 80


@people.get("/members")
@require(SEE_PEOPLE)
def index() -> ResponseReturnValue:
    typed = request.args.get("q", "")[:LONGEST_QUERY]
    show = _show()
    total, more = 0, ""
    if typed.strip():
        hits = search(current_actor().scope, typed, PER_PAGE)
    else:
        hits, more, total = _page(show)
    club = chosen_club()
    return render_template(
        "clubcrm/people/index.html",
        typed=typed,
        show=show,
        hits=hits,
        total=total,
        chips=_chips(show) if not typed.strip() else [],
        next=more,
        first=url_for("people.index", show=show) if request.args.get("after") else "",
        many_clubs=len(my_clubs()) > 1,
        zone=club.zone if club else "UTC",
    )


def _show() -> Show:
    wish = request.args.get("show", "")
    return Show(wish) if wish in {one.value for one in Show} else Show.ALL


def _new_since() -> datetime:
    return clock.now() - NEW_FOR


def _page(show: Show) -> tuple[list[PersonHit], str, int]:
    scope, since = current_actor().scope, _new_since()
    behind = find_person(scope, request.args.get("after", "")[:64])
    key = page_key(behind.id) if behind else None
    ids = page_of(scope, show, key, PER_PAGE + 1, since)
    hits = load_hits(ids[:PER_PAGE])
    more = ""
    if len(ids) > PER_PAGE:
        more = url_for("people.index", show=show, after=hits[-1].public_id)
    return hits, more, count_of(scope, show, since)


def _chips(show: Show) -> list[tuple[str, str, bool, None]]:
    return [
        (words, url_for("people.index", show=one), one is show, None)
        for one, words in show_words().items()
    ]
