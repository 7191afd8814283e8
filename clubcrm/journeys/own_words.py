"""Queries room: own triggers in words, and what their form offers to choose from."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.core.formats import money
from clubcrm.core.i18n import OWN_NAMES
from clubcrm.journeys.names import stage_words, touch_name
from clubcrm.journeys.rules.own import (
    NUMBERS,
    SUMS,
    Condition,
    Event,
    Fact,
    Goal,
    Op,
    Trigger,
)
from clubcrm.journeys.rules.stages import Stage

Choices = list[tuple[str, str]]


def event_words(event: Event) -> str:
    """Return what an event is called."""
    words = {
        Event.LAST_VISIT: _("last visit"),
        Event.VISITS: _("number of visits reached"),
        Event.START: _("start of the contract"),
        Event.SIGNED: _("signing"),
        Event.END: _("end of the contract"),
        Event.FREEZE_BEGINS: _("start of a freeze"),
        Event.FREEZE_ENDS: _("end of a freeze"),
        Event.BIRTHDAY: _("birthday"),
        Event.UNPAID: _("due day of an unpaid bill"),
        Event.NO_SHOW: _("missed class"),
        Event.UNITS_EXPIRE: _("last day of paid units"),
        Event.TOUCHPOINT: _("another touchpoint without success"),
        Event.ALWAYS: _("no day: only the conditions count"),
    }
    return words[event]


def goal_words(goal: Goal) -> str:
    """Return what ends the pursuit."""
    words = {
        Goal.VISIT: _("a visit"),
        Goal.BOOKING: _("a booked class"),
        Goal.RENEWAL: _("a signed renewal"),
        Goal.PAYMENT: _("a payment"),
        Goal.PACKAGE: _("a bought package"),
        Goal.NONE: _("nothing; it ends by itself"),
    }
    return words[goal]


def trigger_words(trigger: Trigger, plans: Mapping[str, str] | None = None) -> str:
    """Return in one phrase when an own trigger fires."""
    parts = [_event(trigger)] if trigger.event is not Event.ALWAYS else []
    parts += [condition_words(one, plans or {}) for one in trigger.conditions]
    return _(" and ").join(part for part in parts if part)


def _event(trigger: Trigger) -> str:
    if trigger.event is Event.VISITS:
        return ngettext("%(num)s visit made", "%(num)s visits made", trigger.days)
    name = event_words(trigger.event)
    if trigger.event is Event.TOUCHPOINT:
        name = touch_name(trigger.follows)
    if trigger.days == 0:
        return _("on the day: %(event)s", event=name)
    if trigger.before:
        return ngettext(
            "%(num)s day before: %(event)s",
            "%(num)s days before: %(event)s",
            trigger.days,
            event=name,
        )
    return ngettext(
        "%(num)s day after: %(event)s", "%(num)s days after: %(event)s", trigger.days, event=name
    )


def condition_words(one: Condition, plans: Mapping[str, str], currency: str = "") -> str:
    """Return one condition in words."""
    if one.fact in NUMBERS:
        value = one.value
        if one.fact in SUMS and currency:
            value = money(one.number, currency)
        return number_words(one.fact, one.op).replace("…", value)
    key = key_of(one)
    return dict(choice_phrases(plans)).get(key, key)


def key_of(one: Condition) -> str:
    """Return how the form names a condition."""
    return (
        f"{one.fact.value}:{one.op.value}"
        if one.fact in NUMBERS
        else f"{one.fact.value}:{one.op.value}:{one.value}"
    )


def number_words(fact: Fact, op: Op) -> str:
    """Return a comparison of a number, with … where the number stands."""
    least = op is Op.AT_LEAST
    words = {
        Fact.VISITS: (_("at least … visits"), _("at most … visits")),
        Fact.VISITS_28: (_("at least … visits in 4 weeks"), _("at most … visits in 4 weeks")),
        Fact.SILENT: (_("silent for at least … days"), _("silent for at most … days")),
        Fact.RENEWALS: (_("renewed at least … times"), _("renewed at most … times")),
        Fact.UNITS_LEFT: (_("at least … units left"), _("at most … units left")),
        Fact.NO_SHOWS: (
            _("at least … missed classes in 4 weeks"),
            _("at most … missed classes in 4 weeks"),
        ),
        Fact.OWES: (_("owes at least …"), _("owes at most …")),
        Fact.SPENT: (_("paid at least … in a year"), _("paid at most … in a year")),
    }
    return words[fact][0 if least else 1]


def choice_phrases(plans: Mapping[str, str]) -> Choices:
    """Return the conditions that are chosen whole, with their words."""
    made = [
        ("term:is:12", _("the plan is annual")),
        ("term:is_not:12", _("the plan is not annual")),
        ("term:is:6", _("the plan is for half a year")),
        ("term:is:3", _("the plan is for a quarter")),
        ("term:is:1", _("the plan is monthly")),
        ("term:is_not:1", _("the plan is not monthly")),
        ("frozen:is:1", _("frozen")),
        ("frozen:is_not:1", _("not frozen")),
    ]
    for stage in Stage:
        made.append((f"stage:is:{stage.value}", _("stage is %(name)s", name=stage_words(stage))))
        made.append(
            (f"stage:is_not:{stage.value}", _("stage is not %(name)s", name=stage_words(stage)))
        )
    for code, name in sorted(OWN_NAMES.items()):
        made.append((f"language:is:{code}", _("speaks %(name)s", name=name)))
    for plan, name in plans.items():
        made.append((f"plan:is:{plan}", _("has %(plan)s", plan=name)))
        made.append((f"plan:is_not:{plan}", _("has not %(plan)s", plan=name)))
    return made


def number_phrases() -> Choices:
    """Return the conditions that need a number beside them, with their words."""
    return [
        (f"{fact.value}:{op.value}", number_words(fact, op))
        for fact in Fact
        if fact in NUMBERS
        for op in (Op.AT_LEAST, Op.AT_MOST)
    ]


def condition_of(key: str, value: str) -> Condition | None:
    """Return the condition that a key of the form and a typed number name."""
    parts = key.split(":")
    if len(parts) == 2 and parts[0] in NUMBERS and parts[1] in (Op.AT_LEAST, Op.AT_MOST):
        return Condition(Fact(parts[0]), Op(parts[1]), value)
    if len(parts) == 3 and parts[0] in set(Fact) - NUMBERS and parts[1] in (Op.IS, Op.IS_NOT):
        return Condition(Fact(parts[0]), Op(parts[1]), parts[2])
    return None


def fault_words(name: str) -> str:
    """Return the sentence for a broken rule of an own trigger."""
    words = {
        "days_range": _("A number from 0 to 730; for visits at least 1."),
        "only_after": _("This event cannot be known before; choose “after”."),
        "follows_what": _("Choose the touchpoint that it follows; not itself."),
        "needs_condition": _("Without a day at least one condition is needed."),
        "needs_number": _("This condition needs a whole number."),
    }
    return words[name]


def events_offered() -> Choices:
    """Return the events of the form."""
    return [(one.value, event_words(one)) for one in Event]


def goals_offered() -> Choices:
    """Return the goals of the form."""
    return [(one.value, goal_words(one)) for one in Goal]


def codes_offered(names: Mapping[str, str], but: str) -> Sequence[tuple[str, str]]:
    """Return the touchpoints that another one may follow."""
    return [("", "–"), *((code, name) for code, name in names.items() if code != but)]
