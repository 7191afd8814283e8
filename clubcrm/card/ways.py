"""Queries room: the strip of whoever has no running contract: a lead's way, or a farewell's."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext as _

from clubcrm.card.queries.leads import LeadWay
from clubcrm.card.queries.touchpoints import TouchRow
from clubcrm.card.route import LEFT, RIGHT, Route, Stop
from clubcrm.card.touches import look_of
from clubcrm.core.clock import local_day
from clubcrm.core.formats import day, day_short
from clubcrm.journeys.names import touch_name
from clubcrm.leads.rules.stages import LeadStage
from clubcrm.leads.words import STAGES
from memberships.contracts.history import ContractRow
from memberships.contracts.rules import ContractState

MOST_STEPS = 4
BEGUN = (ContractState.SIGNED, ContractState.ENDED)


def way_of_lead(lead: LeadWay, zone: str) -> Route:
    """Return how far a lead has come: what happened with its day, and what is still to come."""
    steps = (
        (_("asked"), lead.arrived_at),
        (_("spoken"), lead.reached_at),
        (_("trial"), lead.attended_at or lead.trial_at),
        (_("offer"), lead.quoted_at),
        (_("won"), lead.won_at),
    )
    is_lost = lead.state is LeadStage.LOST
    if is_lost:
        steps = (*steps[:-1], (_("lost"), lead.lost_at))
    reached = max(place for place, (_name, at) in enumerate(steps) if at is not None)
    places = _places(len(steps))
    stops = [
        _step(places[place], name, at, zone, is_end=is_lost and place == len(steps) - 1)
        for place, (name, at) in enumerate(steps)
    ]
    return Route(
        title=_("Lead: %(stage)s", stage=STAGES[lead.state]),
        span=_("asked on %(day)s", day=day(local_day(lead.arrived_at, zone))),
        now=places[reached],
        stops=tuple(stops),
        runs=False,
    )


def way_of_former(
    contracts: Sequence[ContractRow], touches: Sequence[TouchRow], today: date
) -> Route | None:
    """Return the last contract, its end and the steps to win him back; None for a newcomer."""
    over = [one for one in contracts if one.state in BEGUN and one.starts_on <= today]
    last = max(over, key=lambda one: one.ends_on or one.starts_on, default=None)
    if last is None or last.ends_on is None:
        return None
    ended = last.ends_on
    after = [one for one in touches if one.day > ended and one.state is not None]
    steps = list(reversed(after))[:MOST_STEPS]
    places = _places(len(steps) + 3)
    stops = [
        Stop(places[0], "stop-done", day_short(last.starts_on), _begun(last)),
        Stop(places[1], "stop-done", _("ended"), day(ended)),
        *(_touch(places[place], one) for place, one in enumerate(steps, 2)),
    ]
    return Route(
        title=_("Former member: %(plan)s", plan=last.plan_name),
        span=_("ended on %(day)s", day=day(ended)),
        now=places[-1],
        stops=tuple(stops),
        runs=False,
    )


def _places(count: int) -> list[int]:
    width = (RIGHT - LEFT) / max(1, count - 1)
    return [round(LEFT + place * width) for place in range(count)]


def _step(x: int, name: str, at: datetime | None, zone: str, *, is_end: bool) -> Stop:
    if at is None:
        return Stop(x, "stop-next", name, _("%(step)s: not yet", step=name))
    on = local_day(at, zone)
    kind = "stop-off" if is_end else "stop-done"
    return Stop(x, kind, f"{name} {day_short(on)}", f"{name}: {day(on)}")


def _touch(x: int, touch: TouchRow) -> Stop:
    tone, word, _icon = look_of(touch)
    kind = {"go": "stop-done", "know": ""}.get(tone, "stop-off")
    name = touch_name(touch.code)
    return Stop(x, kind, name, f"{day_short(touch.day)}: {name}, {word}")


def _begun(last: ContractRow) -> str:
    return _("%(plan)s since %(day)s", plan=last.plan_name, day=day(last.starts_on))
