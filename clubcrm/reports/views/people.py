"""Views room: the people behind a number; the list is as long as the number says."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import formats
from clubcrm.core.errors import not_found
from clubcrm.core.export import amount, download
from clubcrm.core.months import month_of
from clubcrm.core.web import require
from clubcrm.reports.comers import comers_of, count_comers
from clubcrm.reports.kpis import count_receipts, receipts_of
from clubcrm.reports.lens import By, Lens, Part
from clubcrm.reports.lives import (
    Base,
    base_holds,
    count_members,
    is_seen,
    members_of,
    stayed_holds,
)
from clubcrm.reports.permissions import SEE_REPORTS
from clubcrm.reports.renewals import DuePerson, lines_of, people_of, total
from clubcrm.reports.views.blueprint import asked, month_in, reports
from clubcrm.reports.words import part_words, reason_words

PAGE, EVERYBODY = 100, 1_000_000


@reports.get("/renewals/people")
@require(SEE_REPORTS)
def people() -> ResponseReturnValue:
    what = asked()
    wanted = request.args.get("part", "")
    part = Part(wanted) if wanted in set(Part) else Part.DUE
    reason = request.args.get("reason")
    lens = what.lens
    if reason is not None:
        lens = Lens(
            lens.club_ids, lens.first, lens.last, lens.plan, lens.term, lens.source, lens.trainer,
            reason,
        )  # fmt: skip
    if request.args.get("as"):
        people = people_of(lens, part, EVERYBODY)
        return sheet_of(f"people-{lens.last:%Y-%m}", request.args["as"], people)
    count = total(lines_of(lens, By.MONTH)).count(part)
    return render_template(
        "clubcrm/reports/people.html",
        what=what,
        part=part,
        reason=reason,
        title=part_words(part) if reason is None else reason_words(reason),
        **paged(count, partial(people_of, lens, part)),
        arguments=what.address() | request.args.to_dict(),
    )


@reports.get("/members")
@require(SEE_REPORTS)
def members() -> ResponseReturnValue:
    what = asked()
    month = month_in("month", month_of(what.today))
    wanted = request.args.get("part", "")
    if wanted in set(Base):
        chosen = base_holds(Base(wanted), month, what.today)
        title = _base_words(Base(wanted), formats.month_year(month))
    else:
        after = min(request.args.get("after", 0, int), 1200)
        if after < 0 or (after and not is_seen(month, after, what.today)):
            raise not_found(_("Nobody can know this yet."))
        chosen = stayed_holds(month, after)
        title = _stayed_words(formats.month_year(month), after)
    clubs = what.lens.club_ids
    count = count_members(clubs, chosen)
    return render_template(
        "clubcrm/reports/members.html",
        what=what,
        title=title,
        **paged(count, partial(members_of, clubs, chosen)),
        arguments=request.args.to_dict(),
    )


@reports.get("/active")
@require(SEE_REPORTS)
def active() -> ResponseReturnValue:
    """Members who come four times in 28 days, or all with a running contract."""
    what = asked()
    everybody = request.args.get("of") == "all"
    clubs = what.lens.club_ids
    count = count_comers(clubs, everybody=everybody)
    return render_template(
        "clubcrm/reports/comers.html",
        what=what,
        title=_("Members with a running contract")
        if everybody
        else _("Members who come four times in 28 days"),
        **paged(count, partial(comers_of, clubs, everybody=everybody)),
        arguments=request.args.to_dict(),
    )


@reports.get("/receipts")
@require(SEE_REPORTS)
def receipts() -> ResponseReturnValue:
    what = asked()
    month = month_in("month", month_of(what.today))
    count = count_receipts(what.club.id, month)
    return render_template(
        "clubcrm/reports/receipts.html",
        what=what,
        title=_("Receipts of %(month)s", month=formats.month_year(month)),
        **paged(count, partial(receipts_of, what.club.id, month), "rows"),
        arguments=request.args.to_dict(),
    )


def paged(
    count: int, read: Callable[[int, int], Sequence[Any]], name: str = "people"
) -> dict[str, Any]:
    """Return the page that is asked for, the last one when there are fewer, with its rows by name.

    `read` takes how many rows, and after how many.
    """
    pages = -(-count // PAGE)
    page = min(max(request.args.get("page", 0, int), 0), max(0, pages - 1))
    return {"count": count, "page": page, "pages": pages, name: read(PAGE, page * PAGE)}


def _base_words(part: Base, month: str) -> str:
    return {
        Base.AT_START: _("Members at the start of %(month)s", month=month),
        Base.AT_END: _("Members at the end of %(month)s", month=month),
        Base.CAME: _("Came in %(month)s", month=month),
        Base.WENT: _("Left in %(month)s", month=month),
    }[part]


def _stayed_words(month: str, after: int) -> str:
    if not after:
        return _("Joined in %(month)s", month=month)
    return _("Joined in %(month)s, still there after %(after)s months", month=month, after=after)


def sheet_of(name: str, kind: str, rows: list[DuePerson]) -> ResponseReturnValue:
    """Return these people as a file of the wanted kind."""
    heads = (
        "person", "name", "contract", "plan", "due_on", "fate", "way", "settled_on", "reason",
        "price", "currency", "chance",
    )  # fmt: skip
    cells = [
        (
            one.public_id,
            one.name,
            one.number,
            one.due.plan,
            one.due.due_on,
            one.due.fate.value,
            one.due.way.value if one.due.way else None,
            one.due.settled_on,
            one.due.reason,
            amount(one.due.price_minor, one.due.currency),
            one.due.currency,
            None if one.due.chance is None else f"{one.due.chance:.3f}",
        )
        for one in rows
    ]
    return download(name, kind, heads, cells)
