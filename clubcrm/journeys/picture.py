"""Queries room: the map of the journey with its numbers, each number with its address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.journeys.crowds import (
    DONE,
    DROPPED,
    HELD,
    RENEWED,
    WAITING,
    Ground,
    moves,
    stage_counts,
    touch_counts,
)
from clubcrm.journeys.names import stage_meaning, stage_words, touch_aim, touch_name
from clubcrm.journeys.rules.atlas import COLUMNS, Atlas, Move, atlas_of

STATIONS: dict[str, tuple[str, ...]] = {
    "adaptation": ("J01", "J02", "J03", "J04", "J05"),
    "active": ("J08", "J09", "J10", "J11", "J12"),
    "at_risk": ("J06a", "J06b", "J07"),
    "frozen": ("X2",),
    "renewal": ("J13a", "J13b", "J13c", "X8"),
    "lapsed": ("J14a", "J14b", "J14c"),
}
LEAVING = frozenset({"lapsed", "lost"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, its words, and the address of the people it counts."""

    number: int
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Station:
    """A touchpoint on the map."""

    code: str
    name: str
    aim: str
    stage: str
    done: Figure
    waiting: Figure
    held: Figure
    dropped: Figure


@dataclass(frozen=True, slots=True)
class Stop:
    """A stage of the map with the stations below it."""

    key: str
    name: str
    meaning: str
    people: Figure
    stations: tuple[Station, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A move between two stages in words."""

    move: Move
    words: str
    short: str
    href: str
    tone: str


@dataclass(frozen=True, slots=True)
class Map:
    """Everything the page shows."""

    atlas: Atlas
    stops: dict[str, Stop]
    stations: dict[str, Station]
    ways: dict[tuple[str, str], Way]
    others: tuple[Station, ...]
    is_empty: bool


def map_of(ground: Ground, own: Mapping[str, str]) -> Map:
    """Return the map of a club; `own` names the club's own triggers by their codes."""
    numbers, flows, said = stage_counts(ground), moves(ground), touch_counts(ground)
    stations = {
        code: _station(code, stage, said, ground)
        for stage, codes in STATIONS.items()
        for code in codes
    }
    listed = set(stations)
    others = [code for code in ("X1", "X3", "X4", *own) if code not in listed]
    others += sorted({code for code, _what in said} - listed - set(others))
    stops = {
        key: Stop(
            key,
            stage_words(key),
            stage_meaning(key, ground.stages),
            Figure(numbers[key], stage_words(key), _people(ground, stage=key)),
            tuple(stations[code] for code in STATIONS.get(key, ())),
        )
        for key, _width in COLUMNS
    }
    return Map(
        atlas=atlas_of(flows, STATIONS),
        stops=stops,
        stations=stations,
        ways={(one.source, one.target): _way(one, ground) for one in flows if one.people},
        others=tuple(
            replace(one, name=own.get(one.code, one.name))
            for one in (_station(code, "", said, ground) for code in others)
        ),
        is_empty=not any(numbers.values()),
    )


def _station(code: str, stage: str, said: dict[tuple[str, str], int], ground: Ground) -> Station:
    def figure(what: str, words: str) -> Figure:
        return Figure(said.get((code, what), 0), words, _people(ground, code=code, what=what))

    return Station(
        code=code,
        name=touch_name(code),
        aim=touch_aim(code),
        stage=stage,
        done=figure(DONE, _("done")),
        waiting=figure(WAITING, _("waiting")),
        held=figure(HELD, _("held out")),
        dropped=figure(DROPPED, _("not said")),
    )


def _way(move: Move, ground: Ground) -> Way:
    tone = "out" if move.target in LEAVING else "risk" if move.target == "at_risk" else ""
    if move.target == RENEWED:
        short = ngettext("%(num)s renewed", "%(num)s renewed", move.people)
        people = _people(ground, source="renewal", target=RENEWED)
        return Way(move, _("Renewed"), short, people, "back")
    words = _(
        "%(source)s to %(target)s",
        source=stage_words(move.source),
        target=stage_words(move.target),
    )
    short = {
        "lapsed": ngettext("%(num)s ended", "%(num)s ended", move.people),
        "lost": ngettext("%(num)s lost", "%(num)s lost", move.people),
        "at_risk": ngettext("%(num)s fell silent", "%(num)s fell silent", move.people),
    }.get(move.target, str(move.people))
    return Way(move, words, short, _people(ground, source=move.source, target=move.target), tone)


def _people(ground: Ground, **group: Any) -> str:
    return url_for("journeys.people", days=ground.days, **group)
