"""Queries room: the running cycle as a line with stations: contacts made, today, what comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from clubcrm.card.queries.touchpoints import TouchRow
from clubcrm.card.touches import look_of
from clubcrm.core.formats import day, day_short
from clubcrm.journeys.names import touch_name
from memberships.contracts.history import ContractRow
from memberships.contracts.rules import ContractState

LEFT, RIGHT = 12, 988
ROLLING_YEAR = 365
NEAREST = 46
LETTER = 8
# A label so near an end of the line is written inwards from its station, others around theirs.
MARGIN = 48


@dataclass(frozen=True, slots=True)
class Stop:
    """A contact on the line."""

    x: int
    kind: str
    label: str
    title: str

    @property
    def anchor(self) -> str:
        """Say which end of the label stands at the station."""
        if self.x < LEFT + MARGIN:
            return "start"
        return "end" if self.x > RIGHT - MARGIN else "middle"

    @property
    def span(self) -> tuple[int, int]:
        """Return about where the label begins and ends on the line."""
        wide = max(NEAREST, LETTER * len(self.label))
        begins = self.x - {"start": 0, "middle": wide // 2, "end": wide}[self.anchor]
        return begins, begins + wide


@dataclass(frozen=True, slots=True)
class Route:
    """The cycle as a picture 1000 units wide."""

    title: str
    span: str
    now: int
    stops: tuple[Stop, ...]
    runs: bool = True  # a membership runs, and its journey knows what comes


def route_of(
    contracts: Sequence[ContractRow],
    touches: Sequence[TouchRow],
    today: date,
    ahead: Sequence[tuple[date, str, str]] = (),
) -> Route | None:
    """Return the running cycle, None for somebody without a running contract.

    `ahead` are the contacts still to come, each with its day, its name and a sentence.
    """
    running = [
        one
        for one in contracts
        if one.state is ContractState.SIGNED
        and one.starts_on <= today
        and (one.ends_on is None or one.ends_on >= today)
    ]
    if not running:
        return None
    cycle = max(running, key=lambda one: one.ends_on or date.max)
    begins, ends = _span(cycle, today)
    length = max(1, (ends - begins).days)
    stops = [
        _stop(one, begins, length)
        for one in reversed(touches)
        if one.state is not None and begins <= one.day <= ends
    ]
    stops += [
        Stop(_place(on, begins, length), "stop-next", name, f"{day_short(on)}: {name}. {why}")
        for on, name, why in ahead
        if today <= on <= ends
    ]
    return Route(
        title=_(
            "Day %(number)s of %(plan)s", number=(today - begins).days + 1, plan=cycle.plan_name
        ),
        span=_("%(first)s to %(last)s", first=day(begins), last=day(ends)),
        now=_place(today, begins, length),
        stops=_apart([*stops, *_ends(begins, ends, length)]),
    )


def _span(cycle: ContractRow, today: date) -> tuple[date, date]:
    if cycle.ends_on is not None:
        return cycle.starts_on, cycle.ends_on
    # A rolling contract is shown by relationship years.
    years = (today - cycle.starts_on).days // ROLLING_YEAR
    begins = cycle.starts_on + timedelta(days=years * ROLLING_YEAR)
    return begins, begins + timedelta(days=ROLLING_YEAR)


def _place(on: date, begins: date, length: int) -> int:
    share = min(1.0, max(0.0, (on - begins).days / length))
    return round(LEFT + share * (RIGHT - LEFT))


def _stop(touch: TouchRow, begins: date, length: int) -> Stop:
    tone, word, _icon = look_of(touch)
    kind = {"go": "stop-done", "know": ""}.get(tone, "stop-off")
    title = f"{day_short(touch.day)}: {touch_name(touch.code)}, {word}"
    return Stop(_place(touch.day, begins, length), kind, touch_name(touch.code), title)


def _ends(begins: date, ends: date, length: int) -> list[Stop]:
    return [
        Stop(_place(begins, begins, length), "stop-done", _("start"), day(begins)),
        Stop(_place(ends, begins, length), "", _("end"), day(ends)),
    ]


def _apart(stops: Sequence[Stop]) -> tuple[Stop, ...]:
    """Leave out the label of a station that would run into the one before it."""
    shown: list[Stop] = []
    free_from = 0
    for stop in sorted(stops, key=lambda one: one.x):
        begins, ends = stop.span
        fits = max(LEFT, begins) >= free_from
        if fits and stop.label:
            free_from = ends
        shown.append(Stop(stop.x, stop.kind, stop.label if fits else "", stop.title))
    return tuple(shown)
