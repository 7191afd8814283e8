"""What an own trigger consists of, and when it makes no sense."""

import json

import pytest

from clubcrm.journeys.rules.own import (
    Condition,
    Event,
    Fact,
    Goal,
    Op,
    Trigger,
    faults_of,
    from_own,
    to_own,
    window,
)

ANNUAL = Condition(Fact.TERM, Op.IS, "12")
NOT_FROZEN = Condition(Fact.FROZEN, Op.IS_NOT, "1")


def test_a_trigger_comes_back_from_the_store_as_it_was():
    trigger = Trigger(Event.LAST_VISIT, 10, conditions=(ANNUAL, NOT_FROZEN), goal=Goal.VISIT)

    assert from_own(json.loads(json.dumps(to_own(trigger)))) == trigger


@pytest.mark.parametrize(
    ("trigger", "valid", "days"),
    [
        (Trigger(Event.LAST_VISIT, 10), 7, (10, 17)),
        (Trigger(Event.END, 14, before=True), 5, (9, 14)),
        (Trigger(Event.END, 3, before=True), 5, (0, 3)),
        (Trigger(Event.BIRTHDAY, 0), 1, (0, 1)),
        (Trigger(Event.VISITS, 10), 7, (10, 12)),
    ],
)
def test_a_trigger_fires_from_its_day_as_long_as_it_is_of_use(trigger, valid, days):
    assert window(trigger, valid) == days


@pytest.mark.parametrize(
    ("trigger", "faults"),
    [
        (Trigger(Event.LAST_VISIT, 10, conditions=(ANNUAL,)), {}),
        (Trigger(Event.LAST_VISIT, 731), {"days": "days_range"}),
        (Trigger(Event.VISITS, 0), {"days": "days_range"}),
        (Trigger(Event.LAST_VISIT, 3, before=True), {"before": "only_after"}),
        (Trigger(Event.TOUCHPOINT, 3), {"follows": "follows_what"}),
        (Trigger(Event.TOUCHPOINT, 3, follows="C1"), {"follows": "follows_what"}),
        (Trigger(Event.TOUCHPOINT, 3, follows="J06b"), {}),
        (Trigger(Event.ALWAYS), {"event": "needs_condition"}),
        (
            Trigger(conditions=(ANNUAL, Condition(Fact.VISITS, Op.AT_LEAST, "many"))),
            {"number_2": "needs_number"},
        ),
    ],
)
def test_what_makes_no_sense_is_named(trigger, faults):
    assert faults_of(trigger, "C1") == faults
