"""What a session costs, how it is confirmed, and who needs a call first."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from memberships.packages.terms import MissedRule
from memberships.trainers.rules import (
    ClientFacts,
    Confirmation,
    Reason,
    SessionState,
    cancelled_as,
    client_code,
    confirmed_by,
    costs_unit,
    is_signature,
    reasons_of,
    urgency,
)
from tests.memberships.packages.shop import TEN_SESSIONS

KIND = replace(TEN_SESSIONS, no_show=MissedRule.NOTHING, late_cancel=MissedRule.NOTHING)
TODAY = date(2026, 11, 22)
CALM = ClientFacts(
    today=TODAY,
    units_left=6,
    low_mark=2,
    next_end=date(2027, 2, 1),
    bought_on=date(2026, 10, 1),
    sessions=4,
    last_session=date(2026, 11, 20),
    next_session=date(2026, 11, 24),
    missed_lately=0,
)


@pytest.mark.parametrize(
    ("outcome", "terms", "costs"),
    [
        (SessionState.COMPLETE, TEN_SESSIONS, True),
        (SessionState.COMPLETE, KIND, True),
        (SessionState.NO_SHOW, TEN_SESSIONS, True),
        (SessionState.NO_SHOW, KIND, False),
        (SessionState.LATE_CANCEL, TEN_SESSIONS, True),
        (SessionState.LATE_CANCEL, KIND, False),
        (SessionState.CANCELLED, TEN_SESSIONS, False),
    ],
)
def test_the_plan_says_what_a_missed_session_costs(outcome, terms, costs):
    assert costs_unit(outcome, terms) is costs


def test_cancelling_is_late_within_the_hours_of_the_plan():
    at = datetime(2026, 11, 22, 18, tzinfo=UTC)

    assert cancelled_as(at - timedelta(hours=24), at, 24) is SessionState.CANCELLED
    assert cancelled_as(at - timedelta(hours=23), at, 24) is SessionState.LATE_CANCEL


@pytest.mark.parametrize(
    ("scanned", "code", "signed", "found"),
    [
        (True, True, True, Confirmation.SCAN),
        (False, True, True, Confirmation.CODE),
        (False, False, True, Confirmation.SIGNATURE),
        (False, False, False, Confirmation.UNCONFIRMED),
    ],
)
def test_the_strongest_proof_counts(scanned, code, signed, found):
    assert confirmed_by(scanned=scanned, code_fits=code, signed=signed) is found


def test_the_code_is_another_one_each_day_and_for_each_client():
    codes = {
        client_code("key", person, TODAY + timedelta(days=day))
        for person in ("mia", "zia")
        for day in range(50)
    }

    assert len(codes) > 95
    assert all(len(code) == 4 and code.isdigit() for code in codes)
    assert client_code("key", "mia", TODAY) == client_code("key", "mia", TODAY)
    assert client_code("other", "mia", TODAY) != client_code("key", "mia", TODAY)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("M10 20L30 40L31 41M5 5", True),
        ("", False),
        ("M10 20L30", False),
        ("<script>", False),
        ("M1 1" * 5_001, False),
    ],
)
def test_a_signature_is_lines_and_nothing_else(text, good):
    assert is_signature(text) is good


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({}, ()),
        ({"last_session": date(2026, 11, 15)}, (Reason.SILENT,)),
        ({"last_session": date(2026, 11, 16)}, ()),
        ({"next_session": None}, (Reason.NOTHING_PLANNED,)),
        ({"units_left": 2}, (Reason.LOW,)),
        ({"units_left": 3}, ()),
        ({"next_end": date(2026, 12, 6)}, (Reason.ENDS_SOON,)),
        ({"next_end": date(2026, 12, 7)}, ()),
        ({"missed_lately": 2}, (Reason.MISSED,)),
        ({"units_left": 0, "next_end": None}, (Reason.USED_UP,)),
        (
            {"sessions": 0, "last_session": None, "bought_on": date(2026, 11, 15)},
            (Reason.FIRST_SESSION,),
        ),
        ({"sessions": 0, "last_session": None, "bought_on": date(2026, 11, 16)}, ()),
    ],
)
def test_reasons_follow_from_units_and_sessions(changed, reasons):
    assert reasons_of(replace(CALM, **changed)) == reasons


def test_who_is_silent_longer_stands_higher():
    week, month = (
        replace(CALM, last_session=date(2026, 11, 15)),
        replace(CALM, last_session=date(2026, 10, 20)),
    )

    assert urgency(month) > urgency(week) > urgency(CALM) == 2
