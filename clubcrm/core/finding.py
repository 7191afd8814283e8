"""What the search box finds besides people: every package may give a finder of its own things.

A finder is asked only for those who hold its right, within the clubs they work in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask, current_app, url_for
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

from clubcrm.core.clubs import Scope
from clubcrm.core.policy import Actor, current_actor, policy_of
from clubcrm.core.shell import Place
from clubcrm.core.text import ascii_digits, fold, like_literal

FINDERS, DOORS, WEEKS = "club_finders", "club_doors", "club_first_weeks"
# No number begins with this sign, so [typed, typed + END) holds all that begin with what is typed.
END = "\U0010ffff"
LEAST_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that answers what was typed, and the page on which it stands."""

    title: str
    detail: str
    href: str
    icon: str


# Clubs, what was typed, and how many are wanted at most; the best first.
Look = Callable[[Scope, str, int], Sequence[Found]]


@dataclass(frozen=True, slots=True)
class Finder:
    """How one kind of thing is found, under which heading, and by whom."""

    label: LazyString | str
    right: str
    look: Look


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """What one finder has found."""

    label: str
    hits: tuple[Found, ...]


# A page to learn on a day of the first week.
Step = tuple[int, Place]


@dataclass(frozen=True, slots=True)
class Ways:
    """How people get about: finders, pages and actions by name, and the first week of each role."""

    finders: tuple[Finder, ...]
    doors: tuple[Place, ...]
    weeks: Mapping[str, tuple[Step, ...]]


def install(app: Flask, ways: Ways) -> None:
    """The search box asks these finders in this order, and opens these pages and actions."""
    app.extensions[FINDERS] = ways.finders
    app.extensions[DOORS] = ways.doors
    app.extensions[WEEKS] = ways.weeks


def steps_of(actor: Actor) -> list[Step]:
    """Return the steps of the first week of somebody's role, of those pages he may open."""
    weeks: Mapping[str, tuple[Step, ...]] = current_app.extensions[WEEKS]
    return [step for step in weeks.get(actor.role, ()) if _opens(step[1], actor)]


def found_by(typed: str, most: int) -> list[FoundGroup]:
    """Return what the finders of the asker's rights have found, by their headings."""
    actor = current_actor()
    groups = []
    for finder in current_app.extensions[FINDERS]:
        if finder.right and not actor.may(finder.right):
            continue
        hits = tuple(finder.look(actor.scope, typed, most))
        if hits:
            groups.append(FoundGroup(str(finder.label), hits))
    return groups


def doors(_scope: Scope, typed: str, most: int) -> list[Found]:
    """Return the pages and actions whose name or description holds every word typed.

    Those come first whose name itself begins with what was typed.
    """
    actor, words = current_actor(), fold(typed).split()
    found: list[tuple[int, Found]] = []
    for place in current_app.extensions[DOORS]:
        if not _opens(place, actor):
            continue
        name, help_text = str(place.label), str(place.help)
        rank = _rank(words, fold(name), fold(help_text))
        if rank is not None:
            found.append((rank, Found(name, help_text, url_for(place.endpoint), place.icon)))
    return [one for _rank_of, one in sorted(found, key=lambda pair: pair[0])[:most]]


def _opens(place: Place, actor: Actor) -> bool:
    """Tell whether the page exists and the asker may open it, by what the page itself asks for."""
    view = current_app.view_functions.get(place.endpoint)
    policy = policy_of(view) if view is not None else None
    if policy is None or (place.role and place.role != actor.role):
        return False
    return all(not right or actor.may(right) for right in (place.right, policy.right))


def _rank(words: Sequence[str], name: str, help_text: str) -> int | None:
    if not words or not all(word in name or word in help_text for word in words):
        return None
    if name.startswith(words[0]):
        return 0
    return 1 if all(word in name for word in words) else 2


def numbered(column: InstrumentedAttribute[str], typed: str) -> ColumnElement[bool] | None:
    """Return that a document's number begins as typed, or ends with the digits typed.

    None for what is no number, so that nobody who types a name waits for it.
    """
    asked = ascii_digits(typed.strip()).upper()
    if sum(sign.isdigit() for sign in asked) < LEAST_DIGITS or " " in asked:
        return None
    begins = column.between(asked, asked + END)
    if not asked.isdigit():
        return begins
    return or_(begins, column.like(f"%{like_literal(asked)}", escape="\\"))
