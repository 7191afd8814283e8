"""Retention models reproduce what was published, and forecasts hold what they promise."""

from calendar import monthrange
from contextlib import nullcontext
from datetime import date

import numpy as np
import pytest
from sqlalchemy import select
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from clubcrm.cli.main import group
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.reports.analysis.refusals import CannotAnswerError
from clubcrm.reports.analysis.retention import fit_survivors
from clubcrm.reports.analyst import ask
from clubcrm.reports.forecasting import foresee
from clubcrm.reports.models import AnalysisKind, AnalysisResult, ForecastTold, RenewalDue
from clubcrm.reports.rolling_up import roll_up
from clubcrm.reports.rules.rates import Rate, about, change
from tests.reports.history import History

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
TODAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta"), [(REGULAR, 0.704, 1.182), (HIGH_END, 0.668, 3.806)]
)
def test_published_cohorts_are_fitted_as_published(unit, survivors, alpha, beta) -> None:
    told = ask("retention", {"survivors": survivors})["sbg"]

    assert (round(told["alpha"], 3), round(told["beta"], 3)) == (alpha, beta)
    assert told["projected"][:2] == pytest.approx([1000, 1000 * beta / (alpha + beta)], rel=2e-3)


@pytest.mark.parametrize("survivors", [[1000, 600], [100, 120, 90], [0, 0, 0]])
def test_cohort_that_says_nothing_is_refused(unit, survivors) -> None:
    with pytest.raises(DomainError) as refused:
        ask("retention", {"survivors": survivors})

    assert refused.value.code == "NO_ANSWER"


def test_command_prints_the_fit(app) -> None:
    words = ",".join(map(str, REGULAR))
    told = app.test_cli_runner().invoke(group, ["forecast", "fit", "--survivors", words])

    assert "sbg: alpha 0.704  beta 1.182" in told.output
    assert "log-likelihood -1680.27" in told.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("1000,x,468", "number 2, 'x', is not a number of members"),
        ("nan,3,2", "number 1, 'nan', is not"),
        ("1000,631,-4", "number 3, '-4', is not"),
        ("1000,1e400,3", "number 2, '1e400', is not"),
        ("", "number 1, '', is not"),
        ("1000;631;468", "Expected numbers by commas: 1000,631,468."),
    ],
)
def test_command_names_the_number_that_is_none(app, words, said) -> None:
    told = app.test_cli_runner().invoke(group, ["forecast", "fit", "--survivors", words])

    assert told.exit_code == 2
    assert said in told.output


def test_survivors_that_grow_are_named() -> None:
    with pytest.raises(CannotAnswerError, match="number 3, 600, is more than 500 before it"):
        fit_survivors({"survivors": [1000, 500, 600]})


def month_after(day: date, count: int) -> date:
    year, index = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, index + 1, min(day.day, monthrange(year, index + 1)[1]))


def simulated(seed: int, joiners: float = 25) -> dict[str, list]:
    """Five years of a club whose members keep a hidden loyalty each, as paid ends."""
    rng, names = np.random.default_rng(seed), ("term turn starts due signed settled cancelled")
    columns = {name: [] for name in [*names.split(), "fate", "goes_on", "price", "person"]}
    now, person = TODAY.toordinal(), 0
    for month in range(60):
        for _ in range(rng.poisson(joiners)):
            person += 1
            first = month_after(date(2021, 1, 1), month).replace(day=int(rng.integers(1, 28)))
            length, loyal = int(rng.choice([3, 6, 12])), rng.beta(1.6, 1.1)
            signed, turn = first.toordinal(), 1
            while signed < now:
                end = month_after(first, length).toordinal() - 1
                renews, lead = rng.random() < loyal, int(rng.integers(-20, 40))
                settled = end - lead if renews and end - lead < now else None
                is_over = end + 30 < now
                fate = "renewed" if settled else "lost" if is_over and not renews else "open"
                row = (f"m{length}", turn, first.toordinal(), end, signed, settled, None)
                for name, value in zip(columns, (*row, fate, True, 1000, person), strict=True):
                    columns[name].append(value)
                if not renews:
                    break
                first, signed, turn = date.fromordinal(end + 1), end - lead, turn + 1
    return columns


def test_eighty_percent_range_holds_seventy_to_ninety_percent_of_months(unit) -> None:
    clubs = {str(seed): simulated(seed) for seed in range(3)}
    asked = {
        key: {"today": TODAY.toordinal(), "hindsight": 26, "ends": ends}
        for key, ends in clubs.items()
    }

    answers = ask("outlook", {"clubs": asked})["clubs"]

    held = []
    for key, ends in clubs.items():
        came: dict[str, int] = {}
        for due, fate in zip(ends["due"], ends["fate"], strict=True):
            month = date.fromordinal(due).replace(day=1).isoformat()
            came[month] = came.get(month, 0) + (fate == "renewed")
        for told in answers[key]["hindsight"]:
            first = told["months"][0]
            if told["made_on"] < "2025-12-01":
                held.append(first["low"] <= came[first["month"]] <= first["high"])
    assert len(held) >= 72
    assert 0.70 <= np.mean(held) <= 0.90


def night(cast, today: date) -> None:
    def here(*, write: bool = True):
        return nullcontext(db.session())

    roll_up(here, cast.club, today)
    foresee(here, {cast.club: today}, hindsight=2)


def test_thin_history_is_refused_with_what_is_missing(cast, unit) -> None:
    History(cast).member("Asha", date(2025, 1, 10))

    night(cast, date(2026, 6, 15))

    result = db.session.get(AnalysisResult, (cast.club, AnalysisKind.FORECAST))
    assert result.figures["refusal"] == {"final": 1, "needed": 100}
    assert result.figures["months"] == []


def test_open_ends_get_a_chance_and_first_days_of_months_are_kept(cast, unit) -> None:
    history = History(cast)
    for number in range(130):
        first = date(2024, number % 12 + 1, number % 27 + 1)
        again = date(2025, first.month, first.day)
        history.member(f"Asha{number}", *((first, again) if number % 3 else (first,)))

    night(cast, date(2026, 6, 15))
    night(cast, date(2026, 6, 16))

    told = db.session.scalars(select(ForecastTold).order_by(ForecastTold.made_on)).all()
    assert [one.made_on for one in told] == [date(2026, month, 1) for month in (4, 5, 6)]
    chances = db.session.scalars(
        select(RenewalDue.chance).where(
            RenewalDue.due_on.between(date(2026, 6, 20), date(2026, 11, 1))
        )
    ).all()
    assert chances
    assert all(0 < chance < 1 for chance in chances)


@pytest.mark.parametrize(("made", "out_of"), [(0, 12), (9, 26), (50, 50), (631, 1000)])
def test_interval_of_a_rate_is_that_of_the_library(made: int, out_of: int) -> None:
    assert Rate(made, out_of).interval == pytest.approx(
        proportion_confint(made, out_of, method="wilson"), abs=1e-12
    )


@pytest.mark.parametrize("pair", [(56, 70, 48, 80), (9, 26, 30, 80), (500, 800, 400, 800)])
def test_change_of_a_rate_is_real_where_the_librarys_interval_excludes_nothing(pair) -> None:
    low, high = confint_proportions_2indep(*pair, method="newcomb")

    points, is_real = change(Rate(*pair[:2]), Rate(*pair[2:]))

    assert is_real == (low > 0 or high < 0)
    assert points == pytest.approx(100 * (pair[0] / pair[1] - pair[2] / pair[3]))


def test_few_people_have_no_interval() -> None:
    assert (Rate(4, 9).interval, Rate(0, 0).share) == (None, None)


def test_expected_amounts_keep_three_figures() -> None:
    assert [about(minor) for minor in (39_669_786, 1_234, 12)] == [39_700_000, 1_230, 12]
