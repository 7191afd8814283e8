"""Rules: every number of the journey, with its default; a version of them is kept per cycle."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar

from clubcrm.journeys.rules.codes import Code, Performer, Term
from clubcrm.journeys.rules.rhythm import RhythmSettings
from clubcrm.journeys.rules.stages import StageSettings

ALL_TERMS = tuple(Term)
CHANNELS = ("telegram", "whatsapp", "sms", "email")
MARKETING, SERVICE = "marketing", "service"
_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class CodeRule:
    """The numbers of one touchpoint.

    `days` count from the start of the cycle, or back from its end for J13, or on from the end for
    J14; where `share` of the term is nearer, that counts, but never less than `least`. `hold_out`
    None means the share that fits the size of the club. `own` is what an own trigger consists of.
    """

    code: str
    priority: int
    valid_days: int
    on: bool = True
    performer: Performer = Performer.AUTOMATIC
    days: tuple[int, ...] = ()
    share: float = 0.0
    least: int = 0
    counts: tuple[int, ...] = ()
    most: int = 1
    apart_days: int = 0
    terms: tuple[Term, ...] = ALL_TERMS
    channels: tuple[str, ...] = CHANNELS
    purpose: str = MARKETING
    hold_out: float | None = 0.0
    on_arrival: bool = False
    else_task: bool = False
    dormant_task: bool = False
    minutes: float = 0.0
    discount_minor: int = 0
    name: str = ""
    own: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pace:
    """How many days lie between two contacts, and how many contacts fit into how many days.

    Who has booked so few days ahead is not told that he is missed.
    """

    gap_days: int = 5
    gap_days_at_edges: int = 3
    edge_days: int = 14
    birthday_gap_days: int = 1
    per_week: int = 2
    per_month: int = 4
    per_first_month: int = 5
    budget: int = 15  # in any 365 days, over all cycles together
    booked_ahead_days: int = 3


@dataclass(frozen=True, slots=True)
class Budget:
    """How many counted contacts a cycle of a term may and should hold, and how J11 fills it."""

    least: int
    most: int
    quiet_days: int = 0
    slope: int = 0
    start: int = 2


@dataclass(frozen=True, slots=True)
class Hours:
    """Wall times of the club; `no_call_weekdays` counts Monday as 0."""

    quiet_from: str = "21:00"
    quiet_to: str = "09:00"
    calls_from: str = "10:00"
    calls_to: str = "20:00"
    no_call_weekdays: tuple[int, ...] = (6,)
    greeting_from: str = "10:00"


@dataclass(frozen=True, slots=True)
class Trial:
    """How members are divided to see what touchpoints are worth.

    `control` None means the share that fits the size of the club; clubs with fewer than
    `least_members` leave nobody out, because they could not learn anything from it.
    """

    salt: str = "club"
    control: float | None = None
    questions: tuple[str, ...] = (Code.SILENCE, Code.RENEWAL_CALL, Code.INVITATION)
    least_members: int = 50


@dataclass(frozen=True, slots=True)
class Capacity:
    """Tasks that one worker can do on one day."""

    calls: int = 12
    talks: int = 6


def _budgets() -> dict[str, Budget]:
    return {
        Term.YEAR: Budget(10, 15, quiet_days=60, slope=12),
        Term.HALF: Budget(7, 11, quiet_days=35, slope=9),
        Term.QUARTER: Budget(5, 8, quiet_days=28, slope=6),
        Term.MONTH: Budget(3, 5),
    }


@dataclass(frozen=True, slots=True)
class JourneySettings:
    """All numbers of a club's journey: touchpoints by code, and what holds for all of them."""

    codes: Mapping[str, CodeRule]
    budgets: Mapping[str, Budget] = field(default_factory=_budgets)
    pace: Pace = field(default_factory=Pace)
    rhythm: RhythmSettings = field(default_factory=RhythmSettings)
    stages: StageSettings = field(default_factory=StageSettings)
    hours: Hours = field(default_factory=Hours)
    trial: Trial = field(default_factory=Trial)
    capacity: Capacity = field(default_factory=Capacity)

    def rule(self, code: str) -> CodeRule | None:
        """Return the numbers of a touchpoint, None when the version does not know it."""
        return self.codes.get(code)


def to_json(settings: JourneySettings) -> dict[str, Any]:
    """Return the settings as plain values for the store."""
    found: dict[str, Any] = asdict(settings)
    return found


def from_json(kept: Mapping[str, Any], base: JourneySettings) -> JourneySettings:
    """Return stored settings; what they do not name is as in the base."""
    codes = {code: _code(base, code, dict(one)) for code, one in kept.get("codes", {}).items()}
    return JourneySettings(
        codes={**base.codes, **codes},
        budgets={
            **base.budgets,
            **{term: Budget(**one) for term, one in kept.get("budgets", {}).items()},
        },
        pace=_filled(base.pace, kept.get("pace", {})),
        rhythm=_filled(base.rhythm, kept.get("rhythm", {})),
        stages=_filled(base.stages, kept.get("stages", {})),
        hours=_filled(base.hours, kept.get("hours", {})),
        trial=_filled(base.trial, kept.get("trial", {})),
        capacity=_filled(base.capacity, kept.get("capacity", {})),
    )


def _code(base: JourneySettings, code: str, kept: dict[str, Any]) -> CodeRule:
    started = base.codes.get(code) or CodeRule(code, priority=20, valid_days=7)
    kept["code"] = code
    if "performer" in kept:
        kept["performer"] = Performer(kept["performer"])
    if "terms" in kept:
        kept["terms"] = tuple(Term(one) for one in kept["terms"])
    return _filled(started, kept)


def _filled(part: _Part, kept: Mapping[str, Any]) -> _Part:
    """Return the part with the kept values; lists become tuples again, strangers are left out."""
    known = {one.name for one in fields(part)}  # type: ignore[arg-type]
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in kept.items()
        if name in known
    }
    return replace(part, **values)  # type: ignore[type-var]
