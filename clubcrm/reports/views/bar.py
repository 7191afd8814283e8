"""Views room: what members buy, and how it goes with renewal: an association, and said so."""

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.core.errors import not_found
from clubcrm.core.export import download
from clubcrm.core.months import month_end
from clubcrm.core.shell import current_club
from clubcrm.core.web import require
from clubcrm.reports.bar_ties import (
    behind_habit,
    behind_product,
    dues_of,
    final_span,
    people_behind,
    product_id_of,
    product_names,
    purchases_of,
)
from clubcrm.reports.lens import Part
from clubcrm.reports.permissions import SEE_REPORTS
from clubcrm.reports.rules.bar_ties import Due, Habit, by_habit, by_product
from clubcrm.reports.rules.rates import Rate
from clubcrm.reports.views.blueprint import reports
from clubcrm.reports.words import part_words

SHOWN = 100
ASKED = ("habit", "product", "bought", "renewed")


@reports.get("/bar")
@require(SEE_REPORTS)
def bar() -> ResponseReturnValue:
    """Renewal of those who buy often, seldom and never, and of the buyers of each product."""
    club = current_club()
    first, last = final_span(clock.today(club.zone))
    dues, purchases = dues_of(club.id, first, last), purchases_of(club.id, first, last)
    ties = by_product(dues, purchases)
    habits = by_habit(dues, purchases)
    names = product_names([tie.product_id for tie in ties])
    if request.args.get("as"):
        heads = ("group", "due", "renewed", "rate", "low", "high")
        rows = [(habit.value, rate) for habit, rate in habits.items()]
        rows += [(names[tie.product_id][1], tie.buyers) for tie in ties]
        lines = [
            (name, rate.out_of, rate.made, *_figures(rate.share, rate.interval))
            for name, rate in rows
        ]
        return download(f"bar-renewal-{last:%Y-%m}", request.args["as"], heads, lines)
    return render_template(
        "clubcrm/reports/bar.html",
        dues=dues,
        habits=habits,
        habit_words=habit_words,
        ties=ties,
        names=names,
        first=first,
        last=month_end(last),
        finding=_finding(habits),
    )


@reports.get("/bar/people")
@require(SEE_REPORTS)
def bar_people() -> ResponseReturnValue:
    """The members behind one number."""
    club = current_club()
    span = final_span(clock.today(club.zone))
    found, title = _asked(club.id, span)
    if request.args.get("renewed") == "1":
        found = [due for due in found if due.renewed]
        title = f"{title} · {part_words(Part.RENEWED)}"
    page = _page()
    shown = found[page * SHOWN : (page + 1) * SHOWN]
    return render_template(
        "clubcrm/reports/bar_people.html",
        title=title,
        count=len(found),
        dues=shown,
        people=people_behind(shown),
        page=page,
        pages=-(-len(found) // SHOWN),
        arguments={name: request.args[name] for name in ASKED if name in request.args},
    )


def habit_words(habit: Habit) -> str:
    """Return how often somebody bought."""
    return {
        Habit.NONE: _("Bought nothing by name"),
        Habit.SOME: _("Bought one to three times"),
        Habit.MANY: _("Bought four times or more"),
    }[habit]


def _asked(club_id: int, span: tuple[date, date]) -> tuple[list[Due], str]:
    wanted = request.args.get("habit", "")
    if wanted in set(Habit):
        habit = Habit(wanted)
        return behind_habit(club_id, span, habit), habit_words(habit)
    product_id = product_id_of(request.args.get("product", ""))
    if product_id is None:
        raise not_found(_("There is no such product."))
    name = product_names([product_id])[product_id][1]
    bought = request.args.get("bought", "1") == "1"
    found = behind_product(club_id, span, product_id, bought=bought)
    title = _("Bought “%(product)s” twice or more", product=name)
    return found, title if bought else _("All others than buyers of “%(product)s”", product=name)


def _finding(habits: dict[Habit, Rate]) -> str:
    often, never = habits[Habit.MANY].share, habits[Habit.NONE].share
    if often is None or never is None:
        return _("Too few members are known by name at the bar to say anything.")
    return _(
        "Of those who bought often %(often)s renewed, of those who bought nothing %(never)s.",
        often=formats.number(round(100 * often)) + "%",
        never=formats.number(round(100 * never)) + "%",
    )


def _figures(share: float | None, interval: tuple[float, float] | None) -> list[str | None]:
    return [None if x is None else f"{x:.4f}" for x in (share, *(interval or (None, None)))]


def _page() -> int:
    typed = request.args.get("page", "")
    return int(typed) if typed.isdecimal() and len(typed) < 5 else 0
