"""Views room: how well it is known who leaves: the model against the plain score, and its names."""

from datetime import date
from functools import partial
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from clubcrm.core.db import db
from clubcrm.core.web import require
from clubcrm.reports.leaving_people import Wanted, count_seen, seen_of
from clubcrm.reports.models import LeavingModel
from clubcrm.reports.pasts import names_of
from clubcrm.reports.permissions import SEE_REPORTS
from clubcrm.reports.rules.snapshots import FACTS
from clubcrm.reports.views.blueprint import asked, reports
from clubcrm.reports.views.people import paged
from clubcrm.reports.words import fact_words

BANDS = 10


@reports.get("/leaving")
@require(SEE_REPORTS)
def leaving() -> str:
    """Precision, calibration and lift on months and members the model had not seen."""
    what = asked()
    kept = db.session.get(LeavingModel, what.club.id)
    figures = kept.figures if kept else {}
    return render_template(
        "clubcrm/reports/leaving.html",
        what=what,
        kept=kept,
        found=figures if "auc" in figures else None,
        scale=max((one["happened"] for one in figures.get("bands", ())), default=1.0) or 1.0,
        lacks=figures.get("refusal"),
        finding=_finding(figures),
        first=date.fromordinal(figures["from_day"]) if "from_day" in figures else None,
        people=_people(figures.get("today", [])) if figures.get("counts") else [],
        weights=_weights(figures.get("weights", [])),
    )


@reports.get("/leaving/people")
@require(SEE_REPORTS)
def leaving_people() -> str:
    """The members behind one number of the page, each once for every month looked at."""
    what = asked()
    tenth = request.args.get("tenth", None, int)
    wanted = Wanted(
        what.club.id,
        tenth if tenth in range(1, BANDS + 1) else None,
        request.args.get("lost") == "1",
        request.args.get("of") == "all",
    )
    count = count_seen(wanted)
    return render_template(
        "clubcrm/reports/leaving_people.html",
        what=what,
        title=_title(wanted),
        **paged(count, partial(seen_of, wanted)),
        arguments=request.args.to_dict(),
    )


def _title(wanted: Wanted) -> str:
    whole = _("Lost within sixty days") if wanted.lost else _("Judged by the model")
    if wanted.tenth is None:
        return whole
    return f"{whole} · " + _("Tenth by chance %(number)s", number=wanted.tenth)


def _finding(figures: dict[str, Any]) -> str:
    if not figures:
        return _("Tonight it is worked out who leaves, and how well that can be told.")
    if "auc" not in figures:
        return _("Too few have left to learn from.")
    top = figures["top_tenth"]
    if not figures["counts"]:
        return _("The model tells no better than the plain score who leaves; it is not used.")
    return _(
        "A tenth of the members, picked by the model, holds %(share)s%% of those who left.",
        share=round(100 * top["share"]),
    )


def _people(rows: list[list[Any]]) -> list[tuple[str, str, float, list[str]]]:
    names = names_of(db.session(), [row[0] for row in rows])
    return [
        (*names[who], chance, [fact_words(FACTS[one]) for one in reasons])
        for who, chance, reasons in rows
        if who in names
    ]


def _weights(weights: list[float]) -> list[tuple[str, float]]:
    """Return the facts by how much they weigh, the heaviest first."""
    pairs = zip(FACTS, weights, strict=False)
    shown = sorted(pairs, key=lambda pair: -abs(pair[1]))
    return [(fact_words(name), weight) for name, weight in shown]
