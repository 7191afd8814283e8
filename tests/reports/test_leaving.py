"""Who leaves: a model is judged on later months and unseen members, and counts only if better."""

import re
from contextlib import nullcontext
from datetime import date, timedelta
from html import unescape

import numpy as np
import pytest

from clubcrm.core.db import db, unit_of_work
from clubcrm.reports.analysis.leaving import auc, leaving
from clubcrm.reports.analysis.refusals import CannotAnswerError
from clubcrm.reports.leaving import learn_leaving
from clubcrm.reports.models import LeavingModel
from clubcrm.reports.rolling_up import roll_up
from clubcrm.reports.rules.snapshots import FACTS
from tests.reports.history import History

DAY = date(2026, 11, 26)


def club(rows: int, weight: float, number: int = 1, late: float | None = None):
    """Members who leave by their first fact so strongly; from the later months on by `late`."""
    chance = np.random.default_rng(number)
    facts = chance.normal(size=(rows, len(FACTS)))
    day = DAY.toordinal() - 30 * chance.integers(3, 24, rows)
    strength = np.where(day >= DAY.toordinal() - 300, weight if late is None else late, weight)
    lost = chance.random(rows) < 1 / (1 + np.exp(2.4 - strength * facts[:, 0]))
    past = {
        "facts": facts.tolist(),
        "lost": (lost * 1).tolist(),
        "score": facts[:, 1].tolist(),
        "day": day.tolist(),
        "person": chance.integers(0, rows // 6, rows).tolist(),
    }
    today = {"facts": facts[:200].tolist(), "person": list(range(200))}
    return {"past": past, "today": today}


def noise(band: dict[str, float]) -> float:
    """Return the standard error of the share that leaves among the members of a band."""
    widest = max(share * (1 - share) for share in (band["said"], band["happened"]))
    return float(np.sqrt(widest / band["rows"]))


def test_true_cause_is_found_calibrated_and_named():
    found = leaving(club(6_000, 1.2))

    assert found["counts"] is True
    assert 0.70 < found["auc"] < 0.85
    assert abs(found["auc_score"] - 0.5) < 0.06
    assert found["brier"] < found["brier_rate"]
    assert all(abs(one["said"] - one["happened"]) < 3 * noise(one) for one in found["bands"])
    assert sum(abs(one["said"] - one["happened"]) for one in found["bands"]) / 10 < 0.04
    assert found["top_tenth"]["precision"] > 2 * found["base"]
    assert np.argmax(np.abs(found["weights"])) == 0
    chances = [row[1] for row in found["today"]]
    assert chances == sorted(chances, reverse=True)
    assert found["today"][0][2][0] == 0


def test_where_nothing_tells_the_model_does_not_count():
    found = leaving(club(6_000, 0.0))

    assert found["counts"] is False
    assert abs(found["auc"] - 0.5) < 0.06


def test_what_held_in_earlier_months_alone_is_found_out():
    found = leaving(club(6_000, 1.2, late=0.0))

    assert found["counts"] is False


def test_too_few_lost_is_no_answer():
    with pytest.raises(CannotAnswerError):
        leaving(club(300, 0.5))


def test_share_of_pairs_is_counted_with_ties_as_halves():
    assert auc(np.array([1, 0, 1, 0]), np.array([0.9, 0.1, 0.5, 0.5])) == 0.875


def test_small_club_reads_what_is_missing(app, cast, client_of):
    with app.app_context():
        first = learn_leaving(unit_of_work, cast.club, DAY)
        again = learn_leaving(unit_of_work, cast.club, DAY)

    page = client_of("Olga").get("/reports/leaving").text

    assert (first, again) == (True, False)
    assert "Too few have left to learn from." in page
    assert "learning from them needs 200" in page


def test_owner_reads_precision_calibration_and_who_is_likeliest(app, cast, client_of):
    figures = leaving(club(6_000, 1.2))
    mia = cast.members["Mia"]
    figures["today"] = [[mia, 0.42, [0, 3]]]
    figures["weights"] = figures["weights"].tolist()
    with app.app_context(), unit_of_work() as session:
        session.add(LeavingModel(club_id=cast.club, as_of=DAY, figures=figures))

    page = re.sub(r"\s+|&nbsp;", " ", client_of("Olga").get("/reports/leaving").text)

    assert "A tenth of the members, picked by the model, holds" in page
    assert "Mia Rahman" in page
    assert "days since the last visit, visits against the months before" in page
    assert client_of("Frank").get("/reports/leaving").status_code == 403


LIST = re.compile(r'href="(/reports/leaving/people[^"]*)">([\d.,]+)(%?)</a>')


def opened(client, page: str) -> list[tuple[str, float, str, int]]:
    """Return each number of members on the page, and how long the list is that it opens."""
    found = []
    for href, number, unit in LIST.findall(page):
        listed = client.get(unescape(href)).text
        (length,) = re.findall(r"data-count>(\d+)<", listed)
        assert listed.count("<tr data-row>") == min(int(length), 100)
        found.append((unescape(href), float(number.replace(",", "")), unit, int(length)))
    return found


def test_each_number_opens_its_members_when_the_model_speaks_and_when_too_few_have_left(
    app, cast, client_of
):
    def here(*, write: bool = True):
        return nullcontext(db.session())

    # Given a few who left: the page refuses, and the number of them opens their list.
    with app.app_context(), unit_of_work():
        history = History(cast)
        for number in range(3):
            history.member(f"Few{number}", date(2025, 3, 10 + number))
        roll_up(here, cast.club, DAY)
        learn_leaving(here, cast.club, DAY)
    olga = client_of("Olga")

    numbers = opened(olga, olga.get("/reports/leaving").text)

    assert [(said, length) for _href, said, _unit, length in numbers] == [(6, 6)]

    # Given two years in which one of two leaves after a year, told in the next month.
    with app.app_context(), unit_of_work():
        history = History(cast)
        for number in range(160):
            first = date(2024, 2, 3) + timedelta(days=number * 3)
            again = () if number % 2 else (first.replace(year=first.year + 1),)
            history.member(f"Asha{number}", first, *again)
        roll_up(here, cast.club, DAY)
        learn_leaving(here, cast.club, date(2026, 12, 1))

    page = olga.get("/reports/leaving").text
    numbers = opened(olga, page)

    # Then the lists are as long as the numbers, and percentages are those of their lists.
    sizes = {href: length for href, _said, _unit, length in numbers}
    judged = sizes["/reports/leaving/people"]
    assert sum(sizes[f"/reports/leaving/people?tenth={one}"] for one in range(1, 11)) == judged
    assert len(numbers) == 2 + 4 + 2 + 10 * 3
    for href, said, unit, length in numbers:
        if not unit:
            assert said == length
        elif "lost=1" in href:
            whole = sizes[re.sub(r"[?&]lost=1", "", href)]
            assert said == pytest.approx(100 * length / whole, abs=0.51)
    assert client_of("Frank").get("/reports/leaving/people").status_code == 403
