"""What counts as due, and what as renewed: the box of definitions, line by line."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clubcrm.reports.rules.dues import Due, Fate, Sold, Way, dues_of, is_final, term_name
from clubcrm.reports.rules.spells import spells_of
from memberships.contracts.rules import PlanKind

END = date(2026, 3, 31)
YEAR = Sold(1, 7, 1, PlanKind.TERM, date(2025, 4, 1), END, date(2025, 4, 1), 2_400_000, "m12")
LONG_AFTER = date(2027, 3, 1)


def next_year(starts_on: date, **changed: object) -> Sold:
    plain = replace(
        YEAR,
        contract_id=2,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=364),
        signed_on=min(starts_on, END),
    )
    return replace(plain, **changed)


def fate_of_first(*sold: Sold, kin: tuple[Sold, ...] = (), today: date = LONG_AFTER) -> Due:
    return dues_of(sold, kin, today)[0]


@pytest.mark.parametrize(
    ("starts_on", "fate"),
    [
        (END - timedelta(days=61), Fate.LOST),
        (END - timedelta(days=60), Fate.RENEWED),
        (END + timedelta(days=1), Fate.RENEWED),
        (END + timedelta(days=30), Fate.RENEWED),
        (END + timedelta(days=31), Fate.LOST),
    ],
)
def test_new_contract_renews_from_sixty_days_before_to_thirty_after(
    starts_on: date, fate: Fate
) -> None:
    assert fate_of_first(YEAR, next_year(starts_on)).fate is fate


@pytest.mark.parametrize(
    ("today", "fate"),
    [(END + timedelta(days=30), Fate.OPEN), (END + timedelta(days=31), Fate.LOST)],
)
def test_end_is_open_until_its_window_has_passed(today: date, fate: Fate) -> None:
    assert fate_of_first(YEAR, today=today).fate is fate


@pytest.mark.parametrize(
    ("signed_on", "way"), [(END, Way.EARLY), (END + timedelta(days=1), Way.LATE)]
)
def test_signed_by_the_last_day_is_early_and_after_it_late(signed_on: date, way: Way) -> None:
    following = next_year(END + timedelta(days=5), signed_on=signed_on)

    assert fate_of_first(YEAR, following).way is way


def test_change_of_plan_counts_as_renewed_and_is_told_apart() -> None:
    changed = replace(YEAR, became_id=2)

    assert fate_of_first(changed, next_year(END + timedelta(days=1))).way is Way.CHANGED


def test_rejoined_after_the_window_is_lost_and_won_back() -> None:
    back = fate_of_first(YEAR, next_year(date(2026, 8, 1)))

    assert (back.fate, back.back_on) == (Fate.LOST, date(2026, 8, 1))


@pytest.mark.parametrize(
    "changed",
    [
        {"price_minor": 0},
        {"kind": PlanKind.TRIAL},
        {"kind": PlanKind.DAY},
        {"is_handed_on": True},
    ],
)
def test_gifts_trials_passes_and_what_was_handed_on_are_not_due(changed: dict[str, object]) -> None:
    assert dues_of([replace(YEAR, **changed)], (), LONG_AFTER) == []


def test_free_contract_renews_nothing() -> None:
    assert fate_of_first(YEAR, next_year(END, price_minor=0)).fate is Fate.LOST


def test_contract_of_the_family_renews_one_end_only() -> None:
    brother = next_year(END, person_id=8, contract_id=9)
    second = replace(YEAR, contract_id=3)

    fates = [one.fate for one in dues_of([YEAR, second], [brother], LONG_AFTER)]

    assert sorted(fates) == [Fate.LOST, Fate.RENEWED]


def test_turns_count_terms_of_one_length_in_a_row() -> None:
    second = next_year(END + timedelta(days=1))
    half = next_year(second.ends_on + timedelta(days=1), contract_id=3, term="m6")

    turns = [(one.sold.contract_id, one.turn) for one in dues_of([YEAR, second, half], (), END)]

    assert turns == [(1, 1), (2, 2), (3, 1)]


def test_rolling_contract_is_due_at_each_year_of_the_relationship_and_at_its_end() -> None:
    rolling = replace(YEAR, kind=PlanKind.RECURRING, term="rolling", ends_on=date(2027, 9, 30))

    dues = dues_of([rolling], (), date(2028, 1, 1))

    assert [(one.due_on, one.turn, one.way or one.fate) for one in dues] == [
        (date(2026, 3, 31), 1, Way.ROLLED_ON),
        (date(2027, 3, 31), 2, Way.ROLLED_ON),
        (date(2027, 9, 30), 3, Fate.LOST),
    ]


def test_running_rolling_contract_falls_due_within_the_next_year() -> None:
    rolling = replace(YEAR, kind=PlanKind.RECURRING, term="rolling", ends_on=None)

    dues = dues_of([rolling], (), date(2026, 6, 1))

    assert [(one.due_on, one.fate) for one in dues] == [
        (date(2026, 3, 31), Fate.RENEWED),
        (date(2027, 3, 31), Fate.OPEN),
    ]


@pytest.mark.parametrize(
    ("kind", "months", "days", "name"),
    [
        (PlanKind.TERM, 12, None, "m12"),
        (PlanKind.TERM, None, 90, "m3"),
        (PlanKind.TERM, None, 7, "m1"),
        (PlanKind.RECURRING, 1, None, "rolling"),
        (PlanKind.VISITS, 3, None, "visits"),
    ],
)
def test_terms_have_short_names(
    kind: PlanKind, months: int | None, days: int | None, name: str
) -> None:
    assert term_name(kind, months, days) == name


def test_month_is_final_thirty_days_after_its_last() -> None:
    assert [is_final(END, END + timedelta(days=days)) for days in (30, 31)] == [False, True]


def test_break_of_thirty_days_does_not_end_a_spell() -> None:
    short, long = next_year(END + timedelta(days=31)), next_year(END + timedelta(days=32))

    assert [len(spells_of([YEAR, one], LONG_AFTER)) for one in (short, long)] == [1, 2]


def test_spell_counts_whole_months_without_frozen_days() -> None:
    spell = spells_of([YEAR], LONG_AFTER)[0]

    assert (spell.ended_on, spell.is_final) == (END, True)
    assert [spell.months(LONG_AFTER, frozen) for frozen in (0, 60)] == [11, 10]
