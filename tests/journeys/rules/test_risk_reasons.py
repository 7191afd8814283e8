"""Why somebody is at risk, in the order of what weighs most."""

import math

import pytest

from clubcrm.journeys.rules.rhythm import Rhythm, chance_of_no_visit, risk_score
from clubcrm.journeys.rules.risk_reasons import RiskFacts, RiskReason, band_of, reasons_of

R = RiskReason


@pytest.mark.parametrize(
    ("case", "facts", "reasons"),
    [
        ("comes as ever", RiskFacts(1, 120, 12, 12.0, 2.3, 200), ()),
        ("never came", RiskFacts(9, 0, 0, 0.0), (R.NEVER_CAME,)),
        (
            "a regular has gone silent",
            RiskFacts(21, 90, 2, 12.0, 2.0, 200),
            (R.SILENT, R.LONGER_THAN_USUAL, R.SLUMP),
        ),
        ("half as often, but here", RiskFacts(2, 90, 4, 12.0, 2.0), (R.SLUMP,)),
        (
            "a newcomer who stays away before his plan ends",
            RiskFacts(8, 3, 3, 0.0, 3.0, 20),
            (R.SILENT, R.LONGER_THAN_USUAL, R.ENDS_SOON),
        ),
    ],
)
def test_reasons_that_weigh_most_come_first(
    case: str, facts: RiskFacts, reasons: tuple[RiskReason, ...]
) -> None:
    assert reasons_of(facts) == reasons, case


def score_of(silent_days: int, v28: int, visits: int) -> float:
    return risk_score(Rhythm(None, visits, silent_days, 0, 0, v28, 0, 0, 0, 0))


def test_score_and_chance_are_those_of_the_published_rule() -> None:
    assert score_of(0, 8, 40) == pytest.approx(-math.log(9) - 0.25 * math.log(40))
    assert score_of(20, 0, 0) == pytest.approx(math.log(21))
    assert chance_of_no_visit(1.05) == pytest.approx(0.5)
    assert chance_of_no_visit(0.0) == pytest.approx(1 / (1 + math.exp(1.05)))


def test_bands_are_fifths_of_the_scale() -> None:
    assert [band_of(one) for one in (0.0, 0.19, 0.2, 0.79, 0.8, 1.0)] == [0, 0, 1, 3, 4, 4]
