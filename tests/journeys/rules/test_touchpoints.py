"""Which touchpoints are due, when they go stale, and what takes a planned one back."""

from datetime import date, timedelta

import pytest

from clubcrm.journeys.rules.touchpoints import (
    Code,
    CycleFacts,
    Due,
    NotDue,
    Performer,
    Said,
    Touch,
    Why,
    due_touchpoints,
    still_wanted,
)

TODAY = date(2026, 3, 20)
FIRST_NUDGE = Touch(Code.FIRST_VISIT, 1, Performer.AUTOMATIC, 75, 10)
FIRST_CALL = Touch(Code.FIRST_VISIT, 2, Performer.FRONT_DESK, 75, 10)
NUDGED = Said(Code.FIRST_VISIT, 1, TODAY - timedelta(days=7))


def newcomer(day: int, **changed: object) -> CycleFacts:
    usual: dict[str, object] = {
        "person_id": 1,
        "cycle_no": 1,
        "starts_on": TODAY - timedelta(days=day),
        "ends_on": TODAY + timedelta(days=300),
        "onboarding": True,
        "visits": 0,
        "silent_days": day,
        "d_star": 7,
        "last_visit_on": None,
    }
    return CycleFacts(**(usual | changed))  # type: ignore[arg-type]


def regular(silent: int, d_star: int = 9, **changed: object) -> CycleFacts:
    usual: dict[str, object] = {
        "starts_on": TODAY - timedelta(days=200),
        "visits": 60,
        "d_star": d_star,
        "last_visit_on": TODAY - timedelta(days=silent),
    }
    return newcomer(silent, **(usual | changed))


def looked_at(code: str, facts: CycleFacts, *said: Said) -> Due | NotDue:
    return next(
        one
        for one in due_touchpoints(facts, said, TODAY)
        if (one.touch.code if isinstance(one, Due) else one.code) == code
    )


def first_visit(facts: CycleFacts, *said: Said) -> Due | NotDue:
    return looked_at(Code.FIRST_VISIT, facts, *said)


def silence(facts: CycleFacts, *said: Said) -> Due | NotDue:
    return looked_at(Code.SILENCE, facts, *said)


@pytest.mark.parametrize(
    ("case", "day", "expected"),
    [
        ("day 4 is too early", 4, NotDue(Code.FIRST_VISIT, Why.NOT_DUE, date(2026, 3, 21))),
        ("day 5 is the nudge", 5, Due(FIRST_NUDGE, TODAY, date(2026, 3, 30))),
        ("day 11 the nudge is late", 11, Due(FIRST_NUDGE, date(2026, 3, 14), date(2026, 3, 24))),
        ("day 12 is the call", 12, Due(FIRST_CALL, TODAY, date(2026, 3, 30))),
        ("day 22 is the call's last", 22, Due(FIRST_CALL, date(2026, 3, 10), TODAY)),
        ("day 23 is too late", 23, NotDue(Code.FIRST_VISIT, Why.TOO_LATE, date(2026, 3, 19))),
    ],
)
def test_newcomer_never_seen_is_nudged_then_called(
    case: str, day: int, expected: Due | NotDue
) -> None:
    assert first_visit(newcomer(day)) == expected, case


def test_each_nudge_is_planned_once() -> None:
    assert first_visit(newcomer(6), NUDGED) == NotDue(Code.FIRST_VISIT, Why.ALREADY_PLANNED)
    assert isinstance(first_visit(newcomer(12), NUDGED), Due)
    called = Said(Code.FIRST_VISIT, 2, TODAY)
    assert first_visit(newcomer(13), NUDGED, called) == NotDue(
        Code.FIRST_VISIT, Why.ALREADY_PLANNED
    )


def test_one_visit_ends_the_nudging() -> None:
    came = newcomer(6, visits=1, silent_days=1, last_visit_on=TODAY - timedelta(days=1))

    assert first_visit(came) == NotDue(Code.FIRST_VISIT, Why.HAS_COME, date(2026, 3, 19))


def test_renewed_member_is_no_newcomer() -> None:
    assert first_visit(newcomer(6, onboarding=False)) == NotDue(
        Code.FIRST_VISIT, Why.NOT_FIRST_CYCLE
    )


@pytest.mark.parametrize(
    ("case", "silent", "expected"),
    [
        ("a day before the alarm", 8, NotDue(Code.SILENCE, Why.NOT_DUE, date(2026, 3, 21))),
        ("a week and a day late", 17, NotDue(Code.SILENCE, Why.TOO_LATE, date(2026, 3, 19))),
    ],
)
def test_silence_is_not_due_before_or_long_after_the_alarm(
    case: str, silent: int, expected: NotDue
) -> None:
    assert silence(regular(silent)) == expected, case


@pytest.mark.parametrize(("silent", "ago"), [(9, 0), (12, 3), (16, 7)])
def test_silence_is_due_from_the_alarm_for_seven_days(silent: int, ago: int) -> None:
    due = silence(regular(silent))

    assert isinstance(due, Due)
    assert (due.touch.code, due.touch.occurrence) == (Code.SILENCE, 1)
    assert due.eligible_on == TODAY - timedelta(days=ago)
    assert due.valid_until == due.eligible_on + timedelta(days=7)


def test_silence_speaks_once_and_is_armed_again_by_a_visit() -> None:
    this_silence = Said(Code.SILENCE, 1, TODAY - timedelta(days=1))
    earlier_silence = Said(Code.SILENCE, 1, TODAY - timedelta(days=40))

    assert silence(regular(10), this_silence) == NotDue(Code.SILENCE, Why.ALREADY_PLANNED)
    again = silence(regular(10), earlier_silence)
    assert isinstance(again, Due)
    assert again.touch.occurrence == 2


def test_clock_put_back_a_day_plans_nothing_twice() -> None:
    planned_tomorrow = Said(Code.SILENCE, 1, TODAY + timedelta(days=1))

    assert silence(regular(9), planned_tomorrow) == NotDue(Code.SILENCE, Why.ALREADY_PLANNED)


def test_member_never_seen_is_not_missed_but_invited() -> None:
    assert silence(newcomer(8)) == NotDue(Code.SILENCE, Why.NEVER_CAME)


YESTERDAY = TODAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("case", "code", "facts", "expected"),
    [
        ("still silent", Code.SILENCE, regular(10), None),
        ("still never seen", Code.FIRST_VISIT, newcomer(6), None),
        ("came this morning", Code.SILENCE, regular(0), Why.CAME_TODAY),
        ("came since planning", Code.SILENCE, regular(1), Why.HAS_COME),
        ("late visit of last week turned up", Code.SILENCE, regular(4), Why.HAS_COME),
        (
            "first visit turned up late",
            Code.FIRST_VISIT,
            newcomer(6, visits=1, silent_days=4, last_visit_on=TODAY - timedelta(days=4)),
            Why.HAS_COME,
        ),
        ("frozen meanwhile", Code.SILENCE, regular(10, frozen=True), Why.FROZEN),
        ("blocked meanwhile", Code.SILENCE, regular(10, blocked=True), Why.BLOCKED),
        ("asked for peace", Code.SILENCE, regular(10, do_not_contact=True), Why.DO_NOT_CONTACT),
        ("cycle ended", Code.SILENCE, regular(10, ends_on=YESTERDAY), Why.CYCLE_OVER),
    ],
)
def test_planned_touchpoint_is_taken_back_when_pointless(
    case: str, code: Code, facts: CycleFacts, expected: Why | None
) -> None:
    assert still_wanted(code, YESTERDAY, facts, TODAY) is expected, case
