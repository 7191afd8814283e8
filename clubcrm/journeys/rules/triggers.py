"""Rules: when the touchpoints of a running cycle are called for, J01 to J12."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from clubcrm.journeys.rules.codes import Code, Performer, Why
from clubcrm.journeys.rules.cycle import Package
from clubcrm.journeys.rules.due import Asked, Due, NotDue, share_of_term

_FEBRUARY_29 = (2, 29)


def welcome(asked: Asked) -> Due | NotDue:
    """J01: on the first day of the first cycle."""
    if not asked.facts.onboarding:
        return asked.no(Why.NOT_FIRST_CYCLE)
    return asked.once(asked.facts.age)


def first_visit(asked: Asked) -> Due | NotDue:
    """J02: a message, and a week later a call, while somebody has never come."""
    facts, (nudge, call) = asked.facts, asked.rule.days
    if not facts.onboarding:
        return asked.no(Why.NOT_FIRST_CYCLE)
    if facts.visits:
        return asked.no(Why.HAS_COME, facts.last_visit_on)
    if facts.silent_days < nudge:
        return asked.no(Why.NOT_DUE, asked.day + timedelta(days=nudge - facts.silent_days))
    number, fired_at = (2, call) if facts.silent_days >= call else (1, nudge)
    if any(one.occurrence >= number for one in asked.mine()):
        return asked.no(Why.ALREADY_PLANNED)
    who = Performer.FRONT_DESK if number == 2 else asked.rule.performer
    occurrence = max(number, asked.next_number())
    return asked.since(facts.silent_days - fired_at, performer=who, occurrence=occurrence)


def start_session(asked: Asked) -> Due | NotDue:
    """J03: on its day, or with the first visit after the third day."""
    facts = asked.facts
    if not facts.onboarding:
        return asked.no(Why.NOT_FIRST_CYCLE)
    wait = share_of_term(asked.rule, facts.term_days)
    early = asked.rule.days[1]
    came = facts.last_visit_on
    if came is not None and (came - facts.starts_on).days >= early:
        wait = min(wait, facts.age - (asked.day - came).days)
    return asked.once(facts.age - max(wait, 0))


def two_weeks(asked: Asked) -> Due | NotDue:
    """J04: a word at the next visit to who comes rarely, a message of praise to the others."""
    if not asked.facts.onboarding:
        return asked.no(Why.NOT_FIRST_CYCLE)
    rarely = asked.facts.v14 < asked.rule.counts[0]
    who = Performer.FRONT_DESK if rarely else Performer.AUTOMATIC
    late = asked.facts.age - share_of_term(asked.rule, asked.facts.term_days)
    return asked.once(late, performer=who)


def first_month(asked: Asked) -> Due | NotDue:
    """J05: the first month looked at together."""
    if not asked.facts.onboarding:
        return asked.no(Why.NOT_FIRST_CYCLE)
    return asked.once(asked.facts.age - share_of_term(asked.rule, asked.facts.term_days))


def silence(asked: Asked) -> Due | NotDue:
    """J06a: the day on which a silence rings, once per silence."""
    found = _silent_since(asked, asked.facts.d_star)
    if isinstance(found, NotDue):
        return found
    talked = [
        one.on or one.eligible_on
        for one in asked.said
        if one.code == Code.ESCALATION and one.delivered
    ]
    if talked and (asked.day - max(talked)).days < asked.rule.apart_days:
        return asked.no(Why.TALKED_LATELY)
    return found


def escalation(asked: Asked) -> Due | NotDue:
    """J06b: a silence that has lasted a week longer is a person's work."""
    return _silent_since(asked, asked.facts.d_star + asked.settings.rhythm.escalate_after)


def _silent_since(asked: Asked, threshold: int) -> Due | NotDue:
    facts = asked.facts
    if not facts.visits:
        return asked.no(Why.NEVER_CAME)
    if facts.silent_days < threshold:
        wait = threshold - facts.silent_days
        return asked.no(Why.NOT_DUE, asked.day + timedelta(days=wait))
    began = facts.last_visit_on or facts.starts_on
    if any(one.eligible_on > began for one in asked.mine()):
        return asked.no(Why.ALREADY_PLANNED)
    if _booked_soon(asked):
        return asked.no(Why.HAS_BOOKING, facts.booked_on)
    return asked.since(facts.silent_days - threshold)


def slump(asked: Asked) -> Due | NotDue:
    """J07: who still comes, but half as often as usual."""
    facts = asked.facts
    if facts.slump_on is None or facts.slump_on < facts.span_from:
        return asked.no(Why.NOT_DUE)
    if asked.mine():
        return asked.no(Why.ALREADY_PLANNED)
    if facts.last_visit_on == asked.day:
        return asked.no(Why.CAME_TODAY)
    if _booked_soon(asked):
        return asked.no(Why.HAS_BOOKING, facts.booked_on)
    return asked.since((asked.day - facts.slump_on).days)


def _booked_soon(asked: Asked) -> bool:
    booked, ahead = asked.facts.booked_on, asked.settings.pace.booked_ahead_days
    return booked is not None and (booked - asked.day).days <= ahead


def milestone(asked: Asked) -> Due | NotDue:
    """J08: the newest round number of visits, each once."""
    facts = asked.facts
    reached = [one for one in asked.rule.counts if one <= facts.cycle_visits]
    if not reached or facts.last_visit_on is None:
        return asked.no(Why.NOT_DUE)
    newest = max(reached)
    if any(one.about == newest for one in asked.mine()):
        return asked.no(Why.ALREADY_PLANNED)
    # Later visits came on days of their own, so the milestone lies at least that far back.
    ago = (asked.day - facts.last_visit_on).days + facts.cycle_visits - newest
    return asked.since(ago, about=newest, detail=str(newest))


def birthday_in(born: date, year: int) -> date:
    """Return the day of the greeting; who was born on 29 February has it on the 28th."""
    if (born.month, born.day) == _FEBRUARY_29:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return date(year, 2, 29 if leap else 28)
    return born.replace(year=year)


def birthday(asked: Asked) -> Due | NotDue:
    """J09: the birthday, once a year."""
    born = asked.facts.birth_date
    if born is None:
        return asked.no(Why.NOT_DUE)
    days = [birthday_in(born, asked.day.year + n) for n in (-1, 0, 1)]
    last = max(one for one in days if one <= asked.day)
    if any(one.eligible_on >= last for one in asked.mine()):
        return asked.no(Why.ALREADY_PLANNED)
    if (asked.day - last).days > asked.rule.valid_days:
        return asked.no(Why.NOT_DUE, min(one for one in days if one > asked.day))
    return asked.since((asked.day - last).days)


def package_low(asked: Asked) -> Due | NotDue:
    """J10: few units are left or none, or they soon lapse; once per purchase."""
    told = {one.about for one in asked.mine()}
    for lot in asked.facts.packages:
        ago = _low_since(asked, lot)
        if ago is not None and lot.lot_id not in told:
            return asked.since(ago, about=lot.lot_id)
    return asked.no(Why.ALREADY_PLANNED if told else Why.NOT_DUE)


def _low_since(asked: Asked, lot: Package) -> int | None:
    """Return for how many days a package has been worth a word, as far as that is known."""
    if lot.balance >= 1:
        soon = timedelta(days=asked.rule.days[0])
        lapses = lot.expires_on is not None and lot.expires_on - asked.day <= soon
        return 0 if lot.balance <= asked.rule.counts[0] or lapses else None
    if lot.used_up_on is None:
        return None
    ago = (asked.day - lot.used_up_on).days
    more = any(one.balance and one.service == lot.service for one in asked.facts.packages)
    return None if more or ago > asked.rule.valid_days else ago


def half_way(asked: Asked) -> Due | NotDue:
    """J12: the middle of the cycle."""
    facts = asked.facts
    frozen = (asked.day - facts.starts_on).days - facts.age
    age = (asked.day - facts.span_from).days - (frozen if facts.year_from is None else 0)
    return asked.once(age - share_of_term(asked.rule, facts.span_days))


def invitation(asked: Asked) -> Due | NotDue:
    """J11: fills a quiet spell of a member who has heard little so far."""
    facts = asked.facts
    budget = asked.settings.budgets[facts.led_as]
    spoken = [one.on or one.eligible_on for one in asked.said if one.spoken]
    last = max([*spoken, facts.span_from])
    quiet = (asked.day - last).days
    held = [one.eligible_on for one in asked.mine() if not one.spoken]
    if held:
        quiet = min(quiet, (asked.day - max(held)).days)
    if quiet < budget.quiet_days:
        return asked.no(Why.NOT_DUE, asked.day + timedelta(days=budget.quiet_days - quiet))
    progress = (asked.day - facts.span_from).days / max(facts.span_days, 1)
    if len(spoken) >= budget.slope * progress + budget.start:
        return asked.no(Why.ENOUGH_CONTACTS)
    return asked.since(0)


TRIGGERS: Mapping[str, Callable[[Asked], Due | NotDue]] = {
    Code.WELCOME: welcome,
    Code.FIRST_VISIT: first_visit,
    Code.START_SESSION: start_session,
    Code.TWO_WEEKS: two_weeks,
    Code.FIRST_MONTH: first_month,
    Code.SILENCE: silence,
    Code.ESCALATION: escalation,
    Code.SLUMP: slump,
    Code.MILESTONE: milestone,
    Code.BIRTHDAY: birthday,
    Code.PACKAGE_LOW: package_low,
    Code.INVITATION: invitation,
    Code.HALF_WAY: half_way,
}
