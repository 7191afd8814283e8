from datetime import UTC, date, datetime, timedelta

import pytest

from access_control.rules.anniversaries import age_on, birthday_in
from access_control.rules.clocks import ClockVerdict, judge_time
from access_control.rules.codes import Code, Passback, Severity
from access_control.rules.commands import (
    COMMAND_MOVES,
    CommandKind,
    CommandState,
    life_of,
    may_resend,
    result_state,
)
from access_control.rules.passcode import make_passcode, read_passcode
from access_control.rules.policy import DEFAULT_POLICY, GatePolicy, policy_from, policy_values

RECEIVED = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
THREE_DAYS_AGO = RECEIVED - timedelta(days=3)
SOON = RECEIVED + timedelta(minutes=5)
TOMORROW = RECEIVED + timedelta(days=1)
Y2K = datetime(2000, 1, 1, tzinfo=UTC)
KEY = b"k" * 32


@pytest.mark.parametrize(
    ("case", "claimed", "skew", "at", "verdict"),
    [
        ("on time", RECEIVED, None, RECEIVED, ClockVerdict.GOOD),
        ("three days late", THREE_DAYS_AGO, None, THREE_DAYS_AGO, ClockVerdict.GOOD),
        ("five minutes ahead", SOON, None, SOON, ClockVerdict.GOOD),
        ("year 2000", Y2K, None, RECEIVED, ClockVerdict.SUSPECT),
        ("a day ahead", TOMORROW, None, RECEIVED, ClockVerdict.SUSPECT),
        ("a day ahead, known", TOMORROW, timedelta(days=1), RECEIVED, ClockVerdict.CORRECTED),
        ("year 2000, known", Y2K, Y2K - RECEIVED, RECEIVED, ClockVerdict.CORRECTED),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_impossible_times_are_corrected_or_set_aside(case, claimed, skew, at, verdict):
    judged = judge_time(claimed, RECEIVED, skew)

    assert (judged.at, judged.verdict) == (at, verdict)


def test_passcode_of_this_minute_is_read():
    code = make_passcode("mia23456789abc", RECEIVED, KEY)

    assert read_passcode(code, RECEIVED + timedelta(seconds=45), [KEY]) == "mia23456789abc"


def test_passcode_two_minutes_old_is_refused():
    code = make_passcode("mia23456789abc", RECEIVED, KEY)

    assert read_passcode(code, RECEIVED + timedelta(seconds=120), [KEY]) is None


@pytest.mark.parametrize(
    "text",
    ["CC1.mia23456789abc.1.00", "CC1", "CC1...", "CC1.mia.²²²²²²²²²²²²².x", "4711", "CC1.a.b.c.d"],
)
def test_forged_passcode_is_nobody(text: str):
    assert read_passcode(text, RECEIVED, [KEY]) is None


def test_passcode_of_an_older_key_is_still_read():
    code = make_passcode("mia23456789abc", RECEIVED, KEY)

    assert read_passcode(code, RECEIVED, [b"n" * 32, KEY]) == "mia23456789abc"
    assert read_passcode(code, RECEIVED, [b"n" * 32]) is None


def test_door_opening_waits_ten_seconds_and_is_never_sent_again():
    assert life_of(CommandKind.OPEN_DOOR) == timedelta(seconds=10)
    assert not may_resend(CommandKind.OPEN_DOOR, times_sent=1)
    assert may_resend(CommandKind.SYNC_USER, times_sent=1)
    assert not may_resend(CommandKind.SYNC_USER, times_sent=5)


def test_finished_commands_never_move_again():
    for state in (CommandState.DONE, CommandState.FAILED, CommandState.EXPIRED):
        assert state not in COMMAND_MOVES


@pytest.mark.parametrize(
    ("code", "state"),
    [(0, CommandState.DONE), (3, CommandState.DONE), (-1002, CommandState.FAILED)],
)
def test_return_codes_say_done_or_failed(code: int, state: CommandState):
    assert result_state(code) is state


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2000, 2, 29), date(2027, 2, 27), 26),
        (date(2000, 2, 29), date(2027, 2, 28), 27),
        (date(2000, 2, 29), date(2028, 2, 28), 27),
        (date(2000, 2, 29), date(2028, 2, 29), 28),
        (date(2000, 11, 18), date(2026, 11, 18), 26),
    ],
)
def test_leap_day_children_age_on_28_february(birth: date, day: date, age: int):
    assert age_on(birth, day) == age


def test_birthday_of_29_february_by_year():
    assert birthday_in(date(2000, 2, 29), 2027) == date(2027, 2, 28)
    assert birthday_in(date(2000, 2, 29), 2028) == date(2028, 2, 29)


def test_default_policy_is_stored_as_nothing():
    assert policy_values(DEFAULT_POLICY) == {}
    assert policy_from({}) is DEFAULT_POLICY


def test_changed_policy_survives_storing():
    changed = GatePolicy(
        severities={Code.CLUB_FULL: Severity.WARN},
        passback=Passback.IN_OUT,
        debt_limit_minor=5000,
    )

    assert policy_from(policy_values(changed)) == changed


def test_unknown_names_in_a_stored_policy_do_no_harm():
    assert policy_from({"severities": {"NO_SUCH": "deny"}, "colour": 1}) == DEFAULT_POLICY
