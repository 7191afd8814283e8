"""Queries room: the findings as a page shows them: a sentence, a picture, a row per touchpoint."""

import math
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from clubcrm.journeys.names import touch_name
from clubcrm.reports.behind import OWN, RENEWAL
from clubcrm.reports.rules.interval_plot import Mark, Plot, plot_of
from clubcrm.reports.rules.verdict_needs import members_for_no_effect
from clubcrm.reports.rules.windows import PROGRAMME
from clubcrm.reports.told import Told
from clubcrm.reports.touch_words import group_words, hint_words, outcome_words, verdict_words

ORDER = {"works": 0, "harms": 1, "no_effect": 2, "unknown": 3, "too_few": 4}
TONES = {"works": "go", "harms": "stop", "no_effect": "know", "unknown": "", "too_few": ""}
# Too small to matter, spread of one member around what was expected of him, sharpest for: as in
# journeys with 60 of 100 renewing; visits beside their mean, after those before are allowed for.
A_RENEWAL, A_VISIT = (0.02, 0.49, 0.05), (0.05, 0.486, 0.2)
WEEKS_OF_A_YEAR, MOST_WEEKS = 52, 260
ICONS = {
    "works": "circle-check",
    "harms": "alert-triangle",
    "no_effect": "equal",
    "unknown": "help-circle",
    "too_few": "users",
}


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One touchpoint on the page."""

    code: str
    name: str
    outcome: str
    sizes: tuple[int, int]
    hits: tuple[int, int] | None
    shares: tuple[str, str]
    effect: str
    interval: str
    verdict: str
    words: str
    tone: str
    icon: str
    hint: str
    needs: str
    chance: str
    shrunk: str
    figures: dict[str, Any]
    mark: Mark | None = None
    spread: float = 0.0
    advice: str = "wait"
    middle: float = 0.0


@dataclass(frozen=True, slots=True)
class TouchPage:
    """The page: finding, picture, rows, groups."""

    finding: str
    night: date
    rows: list[EffectRow]
    drawn: list[EffectRow]
    plot: Plot
    alarms: list[str]
    groups: list[str]


def name_of(code: str) -> str:
    """Return what a touchpoint is called; the whole programme by its own name."""
    return _("Whole programme") if code == PROGRAMME else touch_name(code)


def page_of(told: Told, of: str) -> TouchPage:
    """Return the page of one night's findings about renewal or about each one's own outcome."""
    found = [_row(code, figures, told.look, of) for code, figures in told.effects.items()]
    rows = [row for row in found if row is not None and row.sizes[1]]
    drawn = sorted(
        (row for row in rows if row.effect),
        key=lambda row: (ORDER[row.verdict], -row.middle, row.code),
    )
    plot = plot_of([_span(row, told.look) for row in drawn], 0.02 if of == RENEWAL else 0.05)
    few = sorted((row for row in rows if not row.effect), key=lambda row: row.code)
    alarms = [
        name_of(code) for code, one in told.effects.items() if one.get("split", {}).get("alarm")
    ]
    return TouchPage(_finding(drawn), told.night, drawn + few, drawn, plot, alarms, _groups(told))


def best_known(told: Told) -> str:
    """Return the outcome to open the page with: renewal, unless only nearer ones are known."""
    renewals = any(one["renewal"]["shown"] for one in told.effects.values())
    nearer = any(one["primary"]["shown"] for one in told.effects.values() if "primary" in one)
    return OWN if nearer and not renewals else RENEWAL


def needed_for_no_effect(of: str, look: str, page: TouchPage | None) -> int:
    """Return how many members, half of them left alone, it takes to see that there is no effect.

    As members of this club differ from each other, once there is anything to compare.
    """
    small, spread, scale = A_RENEWAL if of == RENEWAL else A_VISIT
    known = [row.spread for row in page.drawn if row.spread] if page else []
    spread = median(known) if known else spread
    needed = members_for_no_effect(small, spread, scale, live=look == "live")
    return _rounded(needed)


def _row(code: str, figures: dict[str, Any], look: str, of: str) -> EffectRow | None:
    one = figures.get("renewal") if of == RENEWAL else figures.get("primary")
    if one is None:
        return None
    verdict, scale, unit = one[f"verdict_{look}"], *_scale(one)
    effect = interval = chance = shrunk = ""
    shares: tuple[str, ...] = ("", "")
    middle = 0.0
    if one["shown"]:
        middle = one["difference"] / scale
        low, high = (end / scale for end in one[look])
        effect = f"{_signed(middle)} {unit}"
        interval = _("%(low)s to %(high)s", low=_signed(low), high=_signed(high))
        pair = one["rates"] if one["kind"] == "rate" else one["means"]
        by = 100 if one["kind"] == "rate" else 1
        shares = tuple(format_decimal(round(by * part, 1)) for part in pair)
        if "shrunk" in one:
            shrunk = _signed(one["shrunk"]["mean"])
            chance = format_decimal(round(100 * one["shrunk"]["chance_positive"]))
    return EffectRow(
        code,
        name_of(code),
        outcome_words(code, of),
        (one["sizes"][0], one["sizes"][1]),
        (one["hits"][0], one["hits"][1]) if one["kind"] == "rate" else None,
        (shares[0], shares[1]),
        effect,
        interval,
        verdict,
        verdict_words(verdict),
        TONES[verdict],
        ICONS[verdict],
        hint_words(one.get("hint", "")) if verdict == "unknown" else "",
        _needs(one, look, figures.get("weekly", 0.0)),
        chance,
        shrunk,
        figures,
        middle=middle,
        advice=_advice(figures["advice"], verdict),
        spread=_spread(one, scale) if one["shown"] and _is_main(one, of) else 0.0,
    )


def _advice(by_money: str, verdict: str) -> str:
    """Return what to do: by what a renewal brings; until that is known, by the verdict."""
    if by_money != "wait":
        return by_money
    return {"works": "keep", "harms": "stop", "no_effect": "change"}.get(verdict, "wait")


def _is_main(one: dict[str, Any], of: str) -> bool:
    """Tell whether the figures are of the kind that most rows have: renewals, or else visits."""
    return bool((of == RENEWAL) == (one["kind"] == "rate"))


def _spread(one: dict[str, Any], scale: float) -> float:
    """Return how much one member differs from another, out of the error of the difference."""
    treated, held = one["sizes"]
    return float(one["error"] / scale * math.sqrt(treated * held / (treated + held)))


def _scale(one: dict[str, Any]) -> tuple[float, str]:
    if one["kind"] == "visits":
        return (one["means"][1] or 1.0) if one["shown"] else 1.0, _("% visits")
    return 1.0, _("points")


def _span(row: EffectRow, look: str) -> tuple[float, float, float]:
    one = row.figures["renewal"] if row.outcome == _("renewed") else row.figures["primary"]
    scale = _scale(one)[0]
    return one[look][0] / scale, one["difference"] / scale, one[look][1] / scale


def _signed(share: float) -> str:
    value = round(100 * share, 1) or 0.0
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + format_decimal(abs(value))


def _needs(one: dict[str, Any], look: str, weekly: float) -> str:
    more = one.get(f"more_{look}")
    if not more:
        return ""
    wanted = format_decimal(round(100 * more["wanted"]))
    unit = _("% visits") if one["kind"] == "visits" else _("points")
    return _(
        "about %(rows)s more would show an effect of %(wanted)s %(unit)s, %(time)s",
        rows=format_decimal(_rounded(more["rows"])),
        wanted=wanted,
        unit=unit,
        time=time_words(more["rows"], weekly),
    )


def time_words(rows: int, weekly: float) -> str:
    """Return how long a club will take to see so many more members at its pace of today."""
    weeks = math.ceil(rows / weekly) if weekly > 0 else None
    if weeks is None:
        return _("and at the moment nobody comes to it")
    if weeks > MOST_WEEKS:
        return _("more than five years at this pace: this club alone cannot tell")
    if weeks > WEEKS_OF_A_YEAR:
        years = format_decimal(round(weeks / WEEKS_OF_A_YEAR, 1))
        return _("about %(years)s years at this pace", years=years)
    return ngettext("about %(num)s week at this pace", "about %(num)s weeks at this pace", weeks)


def _rounded(rows: int) -> int:
    step = 10 if rows < 1000 else 100
    return -(-rows // step) * step


def _finding(drawn: list[EffectRow]) -> str:
    works = [row.name for row in drawn if row.verdict == "works"]
    harms = [row.name for row in drawn if row.verdict == "harms"]
    said = []
    if works:
        names = ", ".join(works)
        said.append(ngettext("%(names)s works.", "%(names)s work.", len(works), names=names))
    if harms:
        names = ", ".join(harms)
        said.append(
            ngettext(
                "%(names)s harms: stop it.",
                "%(names)s harm: stop them.",
                len(harms),
                names=names,
            )
        )
    if said:
        return " ".join(said)
    if not drawn:
        return _("Too few members so far to say anything.")
    return ngettext(
        "Not known yet: %(num)s touchpoint is being compared.",
        "Not known yet: %(num)s touchpoints are being compared.",
        len(drawn),
    )


def _groups(told: Told) -> list[str]:
    said = []
    for one in told.groups:
        for group in one["groups"] if one["claimed"] else ():
            words = {"touch": name_of(one["code"]), "group": group_words(group["group"])}
            if group["leave_alone"]:
                said.append(_("%(touch)s harms %(group)s: do not contact them.", **words))
            elif group.get("helped"):
                said.append(_("%(touch)s helps %(group)s.", **words))
    return said
