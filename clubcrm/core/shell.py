"""The frame around every page: the places in the rail, the chosen club, who is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy import select

from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import forbidden
from clubcrm.core.policy import current_actor

MOST_PLACES = 7
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the rail: shown to those who hold the right, if its page exists.

    One with a role is shown to that role alone, though an owner holds every right.
    It is marked on its own page, on those below it and on those it covers.
    """

    endpoint: str
    label: LazyString | str
    icon: str
    right: str
    help: LazyString | str = ""
    role: str = ""
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A place as one person sees it on one page."""

    href: str
    label: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class ClubChoice:
    """A club one may switch to."""

    id: int
    public_id: str
    name: str
    zone: str
    currency: str
    capacity: int | None


@dataclass(frozen=True, slots=True)
class Shell:
    """What the frame of a page shows."""

    signed_in: bool
    language: str
    direction: str
    accent: str
    theme: str
    name: str
    role: str
    places: tuple[ShownPlace, ...]


def install(app: Flask, places: Sequence[Place]) -> None:
    """Every template can ask for its frame; the rail shows these places in this order."""
    app.extensions["club_places"] = tuple(places)
    app.jinja_env.globals.update(page_shell=page_shell, my_clubs=my_clubs, chosen_club=chosen_club)
    app.jinja_env.globals["may"] = lambda right: current_actor().may(right)


def page_shell() -> Shell:
    """Return the frame for who is asking, worked out once per request."""
    if "shell" not in g:
        g.shell = _shell()
    shell: Shell = g.shell
    return shell


def current_club() -> ClubChoice:
    """Return the club this person works in now: the chosen one, else the first of the scope.

    Raises FORBIDDEN when the person works in no club.
    """
    found = chosen_club()
    if found is None:
        raise forbidden(_("You have no club yet. Ask the owner to give you one."))
    return found


def chosen_club() -> ClubChoice | None:
    """Return the club this person works in now, if there is one."""
    clubs, wish = my_clubs(), session.get("club")
    return next((club for club in clubs if club.public_id == wish), clubs[0] if clubs else None)


def choose_club(public_id: str) -> None:
    """The person works in this club from now on; others of the scope only are taken."""
    if any(club.public_id == public_id for club in my_clubs()):
        session["club"] = public_id


def _shell() -> Shell:
    actor = current_actor()
    language = str(get_locale() or "en")
    return Shell(
        signed_in=actor.is_known,
        language=language.replace("_", "-"),
        direction="rtl" if language[:2] in RIGHT_TO_LEFT else "ltr",
        accent="indigo",
        theme=actor.theme,
        name=actor.name,
        role=actor.role,
        places=_places() if actor.is_known else (),
    )


def _places() -> tuple[ShownPlace, ...]:
    open_to = [place for place in current_app.extensions.get("club_places", ()) if _is_open(place)]
    depths = [_depth(place, request.path) for place in open_to[:MOST_PLACES]]
    marked = depths.index(max(depths)) if any(depths) else None
    return tuple(
        ShownPlace(url_for(place.endpoint), str(place.label), place.icon, number == marked)
        for number, place in enumerate(open_to[:MOST_PLACES])
    )


def _is_open(place: Place) -> bool:
    actor = current_actor()
    meant = not place.role or place.role == actor.role
    return meant and place.endpoint in current_app.view_functions and actor.may(place.right)


def _depth(place: Place, here: str) -> int:
    """Return how much of the address belongs to this place; nothing is 0."""
    roots = (url_for(place.endpoint).rstrip("/"), *place.covers)
    return max(len(root) if f"{here}/".startswith(f"{root}/") else 0 for root in roots)


def my_clubs() -> tuple[ClubChoice, ...]:
    """Return the clubs of the person's scope by name, read once per request."""
    if "clubs" not in g:
        columns = (Club.id, Club.public_id, Club.name, Club.zone, Club.currency, Club.capacity)
        ids = current_actor().scope.club_ids
        rows = db.session.execute(
            select(*columns).where(Club.id.in_(ids)).order_by(Club.name)
        ).all()
        g.clubs = tuple(ClubChoice(*row) for row in rows)
    clubs: tuple[ClubChoice, ...] = g.clubs
    return clubs
