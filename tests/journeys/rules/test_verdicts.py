"""Who speaks on a day, what loses to what, and what the lot keeps back."""

from dataclasses import replace
from datetime import date, timedelta

from clubcrm.journeys.rules.codes import Code, Performer, Why
from clubcrm.journeys.rules.cycle import CycleFacts, Said
from clubcrm.journeys.rules.settings import JourneySettings, from_json, to_json
from clubcrm.journeys.rules.shares import arm_of, control_share, share_for
from clubcrm.journeys.rules.shipped import default_settings
from clubcrm.journeys.rules.verdicts import Situation, Verdict, verdicts
from tests.journeys.rules.test_triggers import TODAY, ago, member

SETTINGS = default_settings()


def on(code: str, situation: Situation, full: frozenset[Performer] = frozenset()) -> Verdict:
    return next(one for one in verdicts(situation, TODAY, full) if one.code == code)


def changed(**numbers: object) -> JourneySettings:
    return replace(SETTINGS, trial=replace(SETTINGS.trial, **numbers))  # type: ignore[arg-type]


def busy(**more: object) -> CycleFacts:
    """A member in the middle of the term, with a birthday, silent since the alarm."""
    usual: dict[str, object] = {
        "silent_days": 9,
        "last_visit_on": ago(9),
        "birth_date": date(1990, 6, 15),
        "cycle_visits": 60,
    }
    return member(200, **(usual | more))


def test_highest_priority_wins_the_day_and_the_others_name_it() -> None:
    situation = Situation(busy(), contacts=[ago(40)])

    assert on(Code.SILENCE, situation).goes
    lost = on(Code.BIRTHDAY, situation)
    assert (lost.why, lost.lost_to, lost.why_text) == (Why.LOST_TO, "J06a", "lost_to:J06a")


def test_service_message_takes_the_day_from_nobody() -> None:
    frozen = busy(frozen_until=TODAY + timedelta(days=3), freeze_id=1)
    situation = Situation(frozen, contacts=[ago(40)])

    assert on(Code.FREEZE_ENDS, situation).goes
    assert on(Code.SILENCE, situation).goes


def test_held_out_touchpoint_leaves_the_day_to_the_next() -> None:
    held = {**SETTINGS.codes, Code.SILENCE: replace(SETTINGS.codes[Code.SILENCE], hold_out=1.0)}
    situation = Situation(busy(), contacts=[ago(40)], settings=replace(SETTINGS, codes=held))

    silence = on(Code.SILENCE, situation)
    assert (silence.passes, silence.goes, silence.why) == (True, False, Why.HELD_OUT)
    assert on(Code.HALF_WAY, situation).goes


def test_control_group_has_welcome_and_last_week_only() -> None:
    settings = changed(control=1.0)
    ending = member(360, ends_on=TODAY + timedelta(days=7), birth_date=date(1990, 6, 15))

    assert on(Code.LAST_WEEK, Situation(ending, settings=settings)).goes
    assert on(Code.WELCOME, Situation(member(0), settings=settings)).goes
    left_alone = on(Code.SILENCE, Situation(busy(), contacts=[ago(40)], settings=settings))
    assert (left_alone.passes, left_alone.why) == (True, Why.CONTROL)


def test_shares_follow_the_size_of_the_club() -> None:
    question, other = SETTINGS.codes[Code.SILENCE], SETTINGS.codes[Code.MILESTONE]
    sizes = [(share_for(question, SETTINGS.trial, n), share_for(other, SETTINGS.trial, n))
             for n in (49, 50, 999, 1000, 4999, 5000)]  # fmt: skip

    assert sizes == [(0, 0), (0.5, 0), (0.5, 0), (0.2, 0), (0.2, 0), (0.1, 0.1)]
    assert [control_share(SETTINGS.trial, n) for n in (49, 50, 1000)] == [0.0, 0.1, 0.05]


def test_lot_is_the_same_for_ever_and_has_its_share() -> None:
    rule = replace(SETTINGS.codes[Code.SILENCE], hold_out=0.2)
    trial = replace(SETTINGS.trial, control=0.0)
    arms = [arm_of(rule, trial, 9000, (person, 1)) for person in range(5000)]

    assert arms == [arm_of(rule, trial, 9000, (person, 1)) for person in range(5000)]
    assert 0.18 < sum(one.held_out for one in arms) / 5000 < 0.22


def test_full_budget_stops_triggers_and_keeps_renewal_free() -> None:
    eleven = tuple(Said(Code.MILESTONE, n, ago(60 + n), on=ago(60 + n)) for n in range(11))
    ending = member(334, ends_on=TODAY + timedelta(days=30), silent_days=9, last_visit_on=ago(9))
    twelve = (*eleven, Said(Code.HALF_WAY, 1, ago(150), on=ago(150)))

    assert on(Code.SILENCE, Situation(ending, eleven)).goes is False  # the call has the day
    renewing = on(Code.RENEWAL_CALL, Situation(ending, twelve))
    assert renewing.goes
    full = tuple(replace(one, code=str(Code.BIRTHDAY)) for one in twelve)
    assert on(Code.SILENCE, Situation(busy(), (*full, full[0], full[1]))).why in {
        Why.BUDGET_SPENT,
        Why.CODE_LIMIT,
    }


def test_dormant_member_hears_a_person_or_nothing() -> None:
    away = member(200, silent_days=40, last_visit_on=ago(40), birth_date=date(1990, 6, 15))
    situation = Situation(away, contacts=[ago(90)])

    half = on(Code.HALF_WAY, situation)
    assert half.goes
    assert half.due is not None
    assert half.due.touch.performer is Performer.FRONT_DESK
    assert on(Code.BIRTHDAY, situation).why is Why.DORMANT


def test_full_desk_defers_a_call_and_writes_on_the_last_day() -> None:
    full = frozenset({Performer.FRONT_DESK})
    first_day = member(200, silent_days=16, last_visit_on=ago(16), v28=0)
    last_day = member(200, silent_days=26, last_visit_on=ago(26), v28=0)
    calm = {"contacts": [ago(60)], "said": (Said(Code.HALF_WAY, 1, ago(60)),)}

    waits = on(Code.ESCALATION, Situation(first_day, **calm), full)  # type: ignore[arg-type]
    writes = on(Code.ESCALATION, Situation(last_day, **calm), full)  # type: ignore[arg-type]

    assert waits.why is Why.NO_CAPACITY
    assert writes.goes
    assert writes.due is not None
    assert writes.due.touch.performer is Performer.AUTOMATIC


def test_waiting_talk_gives_way_to_what_matters_more() -> None:
    talk = Said(Code.SLUMP, 1, ago(3), waiting=True, priority=55, id=77)
    call = Said(Code.ESCALATION, 1, ago(3), waiting=True, priority=80, id=78)
    silent = busy()

    assert on(Code.SILENCE, Situation(silent, (talk,))).instead_of == (77,)
    assert on(Code.SILENCE, Situation(silent, (call,))).why is Why.CONTACT_TOO_SOON


def test_settings_survive_the_store_and_unknown_numbers_fall_away() -> None:
    kept = to_json(SETTINGS)
    kept["codes"]["J06a"]["of_yesterday"] = 1
    kept["codes"]["J06a"]["priority"] = 71

    back = from_json(kept, SETTINGS)

    assert back.codes[Code.SILENCE] == replace(SETTINGS.codes[Code.SILENCE], priority=71)
    assert back.budgets == SETTINGS.budgets
    assert back.hours == SETTINGS.hours
