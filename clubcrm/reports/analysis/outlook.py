"""Rules of the forecast: renewals and money of the coming months with their 80% range.

For each length of term the chance of the n-th renewal follows the fitted retention model; what is
known already (renewed early, has said that he goes, still silent so close to the end) moves it.
Ranges come from drawing members, parameters and the luck of whole months together.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clubcrm.reports.analysis import cohorts, terms
from clubcrm.reports.analysis.cohorts import NEVER, Ends, Flags, Leads, Numbers
from clubcrm.reports.analysis.terms import TermModel

HORIZON = 6
HINDSIGHT_MONTHS, HINDSIGHT_HORIZON = 12, 3
DRAWS = 1000
LOW, HIGH = 10, 90
LEAST_FINAL = 100
SALES_MONTHS = 6
SHOCK_MONTHS = 24
USUAL_LUCK, USUAL_MONTHS = 0.1, 6


@dataclass(frozen=True, slots=True)
class Cell:
    """Paid ends that are alike: how many, their chance before the draw, their mean price."""

    term: str
    turn: int
    month: int
    count: float
    price: float
    days_left: float
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Known:
    """All that a day knows: models by term, lead times, luck of months, new sales by term."""

    models: dict[str, TermModel]
    leads: Leads
    shock: float
    sales: dict[str, tuple[float, float]]
    day: int


def outlook(values: dict[str, Any]) -> dict[str, Any]:
    """Answer for each club: the coming months, the models, chances, and forecasts in hindsight."""
    return {
        "clubs": {
            key: _of_club(cohorts.ends_of(club["ends"]), int(club["today"]), club)
            for key, club in values["clubs"].items()
        }
    }


def _of_club(ends: Ends, today: int, asked: dict[str, Any]) -> dict[str, Any]:
    rng = np.random.default_rng(20070101)
    missing = _missing(ends, today)
    known = _known(ends, today, rng)
    told = {
        "refusal": missing,
        "terms": terms.told(ends, today, known.models),
        "hindsight": [_in_hindsight(ends, one, rng) for one in _origins(today, asked)],
        "shock": known.shock,
    }
    if missing:
        return told | {"months": [], "chances": []}
    months, chances = _months(ends, known, HORIZON, rng), _chances(ends, known)
    return told | {"months": months, "chances": chances}


def _missing(ends: Ends, day: int) -> dict[str, int] | None:
    final = int(cohorts.final_on(ends, day).sum())
    return {"final": final, "needed": LEAST_FINAL} if final < LEAST_FINAL else None


def _origins(today: int, asked: dict[str, Any]) -> list[int]:
    """First days of months, up to this one, for which no forecast has been kept."""
    told, this = set(asked.get("told", ())), cohorts.month_index(today)
    count = int(asked.get("hindsight", HINDSIGHT_MONTHS))
    days = [cohorts.first_of(this - back).toordinal() for back in range(count, -1, -1)]
    return [day for day in days if day not in told]


def _in_hindsight(ends: Ends, origin: int, rng: np.random.Generator) -> dict[str, Any]:
    seen, made_on = _as_seen(ends, origin), date.fromordinal(origin).isoformat()
    missing = _missing(seen, origin)
    if missing:
        return {"made_on": made_on, "refusal": missing, "months": []}
    months = _months(seen, _known(seen, origin, rng), HINDSIGHT_HORIZON, rng)
    return {"made_on": made_on, "refusal": None, "months": months}


def _as_seen(ends: Ends, day: int) -> Ends:
    """The ends as they looked on a day: later signatures, cancellations and ends of rolling ones
    are not known yet."""
    here = ends.signed < day
    ongoing = here & ends.rolls & (ends.due >= day) & (ends.cancelled >= day)
    due = ends.due.copy()
    for at in np.flatnonzero(ongoing & ends.lost):
        due[at] = cohorts.upcoming_year_end(int(ends.starts[at]), int(day))
    # One line per rolling contract and year: further years are those of the same contract.
    twice = np.zeros(len(due), bool)
    seen: set[tuple[int, int]] = set()
    for at in np.flatnonzero(ongoing):
        key = (int(ends.person[at]), int(due[at]))
        twice[at] = key in seen
        seen.add(key)
    settled = np.where(ends.settled < day, ends.settled, NEVER)
    cancelled = np.where(ends.cancelled < day, ends.cancelled, NEVER)
    keep = here & ~twice
    columns = {name: getattr(ends, name)[keep] for name in Ends.__slots__}
    columns |= {"due": due[keep], "settled": settled[keep], "cancelled": cancelled[keep]}
    columns["renewed"] = columns["renewed"] & (columns["settled"] < day)
    return Ends(**columns)


def _known(ends: Ends, day: int, rng: np.random.Generator) -> Known:
    final = cohorts.final_on(ends, day)
    models = terms.models_of(ends, final, rng)
    return Known(
        models,
        cohorts.leads_of(ends, final),
        _luck(ends, final, models),
        _sales(ends, day),
        day,
    )


def _luck(ends: Ends, final: Flags, models: dict[str, TermModel]) -> float:
    """How much whole months differ beyond chance, as a deviation on the logit scale."""
    months = cohorts.month_indexes(ends.due)
    first = months[final].max(initial=0) - SHOCK_MONTHS
    chance = terms.chances(models, ends.term, ends.turn)
    chance = np.where(ends.rolls, _through_a_year(ends, chance), chance)
    excess, weight, seen = 0.0, 0.0, 0
    for month in np.unique(months[final & (months > first)]):
        here = final & (months == month)
        varied = float(np.sum(chance[here] * (1 - chance[here])))
        off = float(ends.renewed[here].sum() - chance[here].sum())
        excess, weight, seen = excess + off**2 - varied, weight + varied**2, seen + 1
    if not seen:
        return USUAL_LUCK
    # A few months say little of how much months differ: six usual ones are counted beside them.
    usual = weight / seen * USUAL_MONTHS
    return float(np.sqrt((max(0.0, excess) + usual * USUAL_LUCK**2) / (weight + usual)))


def _through_a_year(ends: Ends, chance: Numbers) -> Numbers:
    """A rolling contract that ends inside its year was never asked at the end of it."""
    return np.where(ends.lost & ends.rolls, 0.0, np.where(ends.rolls, 1.0, chance))


def _sales(ends: Ends, day: int) -> dict[str, tuple[float, float]]:
    """New sales a month and their price for terms short enough to fall due within the horizon."""
    recent = (ends.turn == 1) & (ends.signed < day) & (ends.signed >= day - 30 * SALES_MONTHS)
    found = {}
    for term in np.unique(ends.term[recent]):
        if term.startswith("m") and cohorts.months_of_term(term) < HORIZON:
            here = recent & (ends.term == term)
            found[str(term)] = (here.sum() / SALES_MONTHS, float(ends.price[here].mean()))
    return found


def _base(ends: Ends, known: Known) -> Numbers:
    """The chance of each end, given how long it has been silent."""
    left = (ends.due - known.day).astype(float)
    chance = terms.chances(known.models, ends.term, ends.turn)
    silent = cohorts.given_silence(chance, known.leads, left)
    stays = np.power(chance, np.clip(left, 0, 365) / 365)
    return np.where(ends.rolls, stays, silent)


def _open(ends: Ends, known: Known) -> Flags:
    settled = ends.settled < known.day
    return np.asarray(
        ~settled & (ends.cancelled >= known.day) & (ends.due + cohorts.WINDOW >= known.day)
    )


def _chances(ends: Ends, known: Known) -> list[list[float]]:
    near = _open(ends, known) & (ends.due <= known.day + 31 * HORIZON) & ~ends.lost
    base = _base(ends, known)
    return [[int(at), round(float(base[at]), 4)] for at in np.flatnonzero(near)]


def _months(
    ends: Ends, known: Known, horizon: int, rng: np.random.Generator
) -> list[dict[str, Any]]:
    first = cohorts.month_index(known.day)
    months = cohorts.month_indexes(ends.due) - first
    inside = (months >= 0) & (months < horizon)
    sure = inside & (ends.settled < known.day) & ends.renewed
    gone = inside & ~sure & (ends.cancelled < known.day)
    maybe = inside & _open(ends, known) & ~sure
    due, count, money = (np.zeros((DRAWS, horizon)) for _ in range(3))
    for month in range(horizon):
        at = sure & (months == month)
        count[:, month] += at.sum()
        money[:, month] += ends.price[at].sum()
        due[:, month] += at.sum() + (gone & (months == month)).sum()
    draw = _Draw(known, horizon, rng, due, count, money)
    base = _base(ends, known)
    for term in np.unique(ends.term[maybe]):
        for turn in np.unique(ends.turn[maybe & (ends.term == term)]):
            here = maybe & (ends.term == term) & (ends.turn == turn)
            draw.run(str(term), int(turn), (ends, base, months, here))
    for term, (rate, price) in known.sales.items():
        draw.sell(term, rate, price)
    return [
        _line(first + month, due[:, month], count[:, month], money[:, month])
        for month in range(horizon)
    ]


def _line(month: int, due: Numbers, count: Numbers, money: Numbers) -> dict[str, Any]:
    low, high = np.percentile(count, (LOW, HIGH))
    money_low, money_high = np.percentile(money, (LOW, HIGH))
    return {
        "month": cohorts.first_of(month).isoformat(),
        "due": float(due.mean()),
        "renewals": float(count.mean()),
        "low": float(low),
        "high": float(high),
        "money_minor": round(float(money.mean())),
        "money_low_minor": round(float(money_low)),
        "money_high_minor": round(float(money_high)),
    }


class _Draw:
    """A thousand futures: who renews, month by month, and who of them falls due again."""

    def __init__(
        self, known: Known, horizon: int, rng: np.random.Generator, *sums: Numbers
    ) -> None:
        self.known, self.horizon, self.rng = known, horizon, rng
        self.due, self.count, self.money = sums
        self.luck = rng.normal(0, known.shock, (DRAWS, horizon))

    def run(
        self, term: str, turn: int, about: tuple[Ends, Numbers, NDArray[np.int64], Flags]
    ) -> None:
        """Ends of one term and turn fall due, and those who renew fall due again."""
        ends, base, months, here = about
        fitted = self.known.models[term].chance(turn)
        drawn = self.known.models[term].draw(turn, DRAWS, self.rng)
        moved = _logit(drawn) - _logit(np.array([fitted]))
        for month in range(self.horizon):
            at = here & (months == month)
            if not at.any():
                continue
            made = np.zeros(DRAWS)
            # Chances in twenty classes: near enough, and a thousand draws at once.
            classes = np.round(base[at] * 20) / 20
            for one in np.unique(classes):
                alike = base[at][classes == one]
                made += self._renew(len(alike), float(alike.mean()), moved, month)
            price = float(ends.price[at].mean())
            self.due[:, month] += at.sum()
            self._book(made, price, month)
            self._again(term, turn + 1, month, made * self._share_on(ends, term), price)

    def sell(self, term: str, rate: float, price: float) -> None:
        """New members of short terms, sold within the horizon, fall due within it too."""
        for month in range(self.horizon):
            self._again(term, 1, month, self.rng.poisson(rate, DRAWS).astype(float), price)

    def _again(self, term: str, turn: int, month: int, made: Numbers, price: float) -> None:
        length = cohorts.months_of_term(term)
        month += length
        while month < self.horizon and term.startswith("m"):
            self.due[:, month] += made
            chance = self.known.models[term].draw(turn, DRAWS, self.rng)
            again = self.rng.binomial(np.round(made).astype(int), self._with_luck(chance, month))
            made = again.astype(float)
            self._book(made, price, month)
            turn, month = turn + 1, month + length

    def _renew(self, count: int, chance: float, moved: Numbers, month: int) -> Numbers:
        if chance <= 0 or chance >= 1:
            return np.full(DRAWS, count * chance)
        drawn = _expit(_logit(np.array([chance])) + moved)
        return self.rng.binomial(count, self._with_luck(drawn, month)).astype(float)

    def _with_luck(self, chance: Numbers, month: int) -> Numbers:
        return _expit(_logit(chance) + self.luck[:, month])

    def _book(self, made: Numbers, price: float, month: int) -> None:
        self.count[:, month] += made
        self.money[:, month] += made * price

    def _share_on(self, ends: Ends, term: str) -> float:
        renewed = ends.renewed & (ends.term == term) & (ends.settled < self.known.day)
        return float(ends.goes_on[renewed].mean()) if renewed.any() else 1.0


def _logit(chance: Numbers) -> Numbers:
    kept = np.clip(chance, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(kept / (1 - kept)))


def _expit(value: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-value)))
