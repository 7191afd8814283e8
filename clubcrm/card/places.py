"""Views room: what the frame needs on every page: the start page, search, the chosen club."""

from typing import Any
from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clubcrm.card import bell, counter
from clubcrm.card.desk import desk
from clubcrm.card.photos import photo_address
from clubcrm.core.finding import found_by
from clubcrm.core.policy import current_actor, signed_in
from clubcrm.core.shell import choose_club as keep_choice
from clubcrm.core.shell import page_shell
from clubcrm.people.permissions import SEE_PEOPLE
from clubcrm.people.queries.search import search as search_people

SHORTEST_SEARCH = 2
IN_THE_BOX, ON_THE_PAGE, BESIDE = 6, 50, 5
LEADERS = frozenset({"owner", "manager"})

desk.add_app_template_global(photo_address, "photo_address")


@desk.get("/")
@signed_in("everybody has a start page")
def start() -> ResponseReturnValue:
    """The reports for those who lead the club, for others the first place of their rail."""
    actor, places = current_actor(), page_shell().places
    if actor.role in LEADERS and actor.may("reports.see"):
        return redirect(url_for("reports.index"))
    if not places:
        return render_template("clubcrm/desk/no_place.html")
    return redirect(places[0].href)


@desk.get("/search")
@signed_in("everybody finds the pages and things that the own rights show")
def search() -> str:
    """People, documents, pages and actions that match what was typed, as a page."""
    return render_template("clubcrm/desk/search.html", **_found(ON_THE_PAGE))


@desk.get("/search/found")
@signed_in("everybody finds the pages and things that the own rights show")
def found() -> str:
    """The same as lines under the search box, while it is being typed."""
    found = _found(IN_THE_BOX)
    if len(found["typed"]) < SHORTEST_SEARCH:
        return ""
    return render_template("clubcrm/desk/_found.html", **found)


def _found(most: int) -> dict[str, Any]:
    typed = request.args.get("q", "").strip()[:80]
    actor = current_actor()
    if len(typed) < SHORTEST_SEARCH:
        return {"typed": typed, "hits": [], "groups": [], "offer_new": False}
    hits = search_people(actor.scope, typed, most) if actor.may(SEE_PEOPLE) else []
    groups = found_by(typed, min(most, BESIDE))
    # Nobody is called by a number.
    offer_new = not any(sign.isdigit() for sign in typed)
    return {"typed": typed, "hits": hits, "groups": groups, "offer_new": offer_new}


@desk.post("/club")
@signed_in("everybody chooses among the clubs of the own scope")
def choose_club() -> ResponseReturnValue:
    """The person works in another club from now on."""
    keep_choice(request.form.get("club", ""))
    return redirect(_own_path(request.form.get("back", "")))


def _own_path(address: str) -> str:
    parts = urlsplit(address)
    is_own = address.startswith("/") and not parts.netloc and not address.startswith(("//", "/\\"))
    return parts.path if is_own else url_for("desk.start")


PAGES = (bell, counter)

__all__ = ["PAGES", "desk"]
