"""Views room: what the page of a report shows: its question as fields, its rows, its groups."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext as _

from clubcrm.core import formats
from clubcrm.core.months import month_end
from clubcrm.reports.built_fields import SUBJECTS, Asker, Field, Subject
from clubcrm.reports.built_models import BuiltReport
from clubcrm.reports.built_rows import (
    Group,
    choices_of,
    count_rows,
    groups_of,
    rows_of,
)
from clubcrm.reports.built_sheets import told
from clubcrm.reports.built_windows import over_days, windows_of
from clubcrm.reports.built_words import (
    about_words,
    fault_words,
    match_words,
    measure_words,
    op_words,
    rhythm_words,
    yes_no,
)
from clubcrm.reports.rules.built import (
    BARE,
    COUNT,
    IN_DAYS,
    MOST_CONDITIONS,
    NO,
    OPS,
    WINDOW,
    YES,
    Condition,
    Definition,
    Match,
    Op,
    Rhythm,
    Sort,
    fault,
)
from clubcrm.reports.views.own_starters import address_of

PER_PAGE = 50
MOST_PAGES = 2_000
BAR_WIDTH = 90
MONDAY_FIRST = range(7)
_MONDAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what may be asked, and the club that is asked."""

    definition: Definition
    subject: Subject
    asker: Asker


@dataclass(frozen=True, slots=True)
class Line:
    """One condition as the form shows it."""

    field: str
    op: str
    value: str
    ops: tuple[tuple[str, str], ...] = ()
    kind: str = "none"  # none, choice, flag, days, day, number or text
    choices: tuple[tuple[str, str], ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group as the page shows it: its bar, its figures, and where its rows are."""

    words: str
    count: int
    value: str
    width: float
    address: str


def page_values(asked: Asked, report: BuiltReport | None) -> dict[str, Any]:
    """Return what the page of a report shows."""
    asked = replace(asked, subject=over_days(asked.subject, asked.definition))
    asked, lines = _with_lines(asked)
    definition, subject, asker = asked.definition, asked.subject, asked.asker
    page = _page_number()
    is_grouped = bool(definition.group)
    groups = groups_of(definition, subject, asker) if is_grouped else []
    rows = [] if is_grouped else _rows(asked, page)
    back = url_for("reports.own_report", public_id=report.public_id) if report else ""
    here = back or url_for("reports.build")
    arguments = urlencode(definition.arguments())
    return {
        "definition": definition,
        "fields": subject.fields,
        "sections": sections_of(subject),
        "windows": windows_of(subject, definition),
        "window": WINDOW,
        "lines": lines,
        "blank": len(lines) < MOST_CONDITIONS and ("more" in request.values or not lines),
        "abouts": [(one, about_words(one)) for one in SUBJECTS],
        "matches": [(one.value, match_words(one)) for one in Match],
        "groups": _group_lines(asked, groups),
        "group_choices": [(one, subject.fields[one].words) for one in subject.shape.groups],
        "measures": [
            (one, measure_words(one, _measured(one, subject))) for one in subject.shape.measures
        ],
        "told": told(definition, subject),
        "count": count_rows(definition, subject, asker),
        "rows": rows,
        "heads": [
            (field.words, "num") if field.sort in (Sort.NUMBER, Sort.MONEY) else field.words
            for field in (subject.fields[name] for name in definition.columns)
        ],
        "numeric": [
            subject.fields[name].sort in (Sort.NUMBER, Sort.MONEY) for name in definition.columns
        ],
        "here": here,
        "arguments": definition.arguments(),
        "csv": f"{here}?{arguments}&as=csv",
        "xlsx": f"{here}?{arguments}&as=xlsx",
        "next": f"{here}?{arguments}&page={page + 1}" if len(rows) > PER_PAGE else "",
        "first": f"{here}?{arguments}" if page else "",
        "shown": len(rows[:PER_PAGE]),
        "per_page": PER_PAGE,
        "rhythms": [(one.value, rhythm_words(one)) for one in Rhythm],
        "rhythm_words": rhythm_words,
        "weekdays": [(one, _weekday(one)) for one in MONDAY_FIRST],
    }


def sections_of(subject: Subject) -> list[tuple[str, list[Field]]]:
    """Return the fields by section, those of the rows themselves first."""
    found: dict[str, list[Field]] = {}
    for one in subject.fields.values():
        found.setdefault(one.section, []).append(one)
    return list(found.items())


def _with_lines(asked: Asked) -> tuple[Asked, list[Line]]:
    """The conditions as the form shows them; a value that its field does not have is left out."""
    lines, conditions = [], []
    for one in asked.definition.conditions:
        field = asked.subject.fields[one.field]
        choices = _choices(field, one.op, asked)
        condition = _with_choice(one, field, choices)
        conditions.append(condition)
        wrong = fault(condition, field.sort)
        lines.append(
            Line(
                one.field,
                one.op.value,
                condition.value,
                tuple((op.value, op_words(op)) for op in OPS[field.sort]),
                _kind(field, one.op),
                choices,
                fault_words(wrong) if wrong else "",
            )
        )
    definition = replace(asked.definition, conditions=tuple(conditions))
    return replace(asked, definition=definition), lines


def _choices(field: Field, op: Op, asked: Asked) -> tuple[tuple[str, str], ...]:
    if op in BARE:
        return ()
    if field.sort is Sort.FLAG:
        return ((YES, yes_no(YES)), (NO, yes_no(NO)))
    if field.sort in (Sort.CHOICE, Sort.LIST):
        return tuple(choices_of(field, asked.subject))
    return ()


def _with_choice(one: Condition, field: Field, choices: tuple[tuple[str, str], ...]) -> Condition:
    codes = [code for code, _words in choices]
    if field.sort is Sort.FLAG and one.value not in codes:
        return replace(one, value=YES)
    is_chosen = field.sort in (Sort.CHOICE, Sort.LIST) and one.op not in BARE
    if is_chosen and one.value not in codes:
        return replace(one, value="")
    return one


def _kind(field: Field, op: Op) -> str:
    if op in BARE:
        return "none"
    if op in IN_DAYS:
        return "days"
    if field.sort in (Sort.NUMBER, Sort.MONEY):
        return "number"
    return "choice" if field.sort is Sort.LIST else field.sort.value


def _rows(asked: Asked, page: int) -> list[tuple[str | None, list[str]]]:
    fields = [asked.subject.fields[name] for name in asked.definition.columns]
    found = rows_of(
        asked.definition,
        asked.subject,
        asked.asker,
        limit=PER_PAGE + 1,
        offset=page * PER_PAGE,
    )
    currency = asked.asker.currency
    return [
        (
            row.person,
            [
                _shown(value, field, currency)
                for value, field in zip(row.values, fields, strict=True)
            ],
        )
        for row in found
    ]


def _shown(value: Any, field: Field, currency: str) -> str:
    if value is None or value == "":
        return "–"
    if field.sort is Sort.MONEY:
        return formats.money(round(value), currency)
    if field.sort is Sort.FLAG:
        return yes_no(str(int(bool(value))))
    if field.sort is Sort.DAY:
        return formats.day(value)
    if field.sort is Sort.NUMBER:
        return formats.number(round(float(value), 2))
    return field.label(str(value)) if field.label else str(value)


def _group_lines(asked: Asked, groups: list[Group]) -> list[GroupLine]:
    definition, subject = asked.definition, asked.subject
    if not groups:
        return []
    field = subject.fields[definition.group]
    most = max((abs(one.value) for one in groups), default=0) or 1
    name = definition.measure.partition(":")[2]
    measured = subject.fields[name] if name else None
    return [
        GroupLine(
            _group_words(one.key, field),
            one.count,
            _shown(one.value, measured, asked.asker.currency) if measured else "",
            round(BAR_WIDTH * abs(one.value) / most, 1),
            _address(definition, field, one.key),
        )
        for one in groups
    ]


def _group_words(key: Any, field: Field) -> str:
    if key is None or key == "":
        return _("not known")
    if field.sort is Sort.DAY:
        return formats.month_year(key)
    if field.sort is Sort.FLAG:
        return yes_no(str(int(bool(key))))
    return field.label(str(key)) if field.label else str(key)


def _address(definition: Definition, field: Field, key: Any) -> str:
    """Where the rows of one group are; none where no question of the form would find them."""
    if definition.match is Match.ANY and len(definition.conditions) > 1:
        return ""
    inside = _inside(definition, field, key)
    return address_of(inside) if len(inside.conditions) <= MOST_CONDITIONS else ""


def _inside(definition: Definition, field: Field, key: Any) -> Definition:
    """The question that finds the rows of one group."""
    if key is None or key == "":
        more: tuple[Condition, ...] = (Condition(field.name, Op.EMPTY),)
    elif field.sort is Sort.DAY:
        more = (
            Condition(field.name, Op.SINCE, key.isoformat()),
            Condition(field.name, Op.UNTIL, month_end(key).isoformat()),
        )
    elif field.sort is Sort.FLAG:
        more = (Condition(field.name, Op.IS, YES if key else NO),)
    else:
        more = (Condition(field.name, Op.IS, str(key)),)
    return replace(
        definition,
        conditions=(*definition.conditions, *more),
        match=Match.ALL,
        group="",
        measure=COUNT,
    )


def _measured(measure: str, subject: Subject) -> str:
    name = measure.partition(":")[2]
    return subject.fields[name].words if name else ""


def _page_number() -> int:
    typed = request.args.get("page", "")
    return min(int(typed), MOST_PAGES) if typed.isdecimal() and len(typed) < 5 else 0


def _weekday(number: int) -> str:
    return formats.weekday_long(_MONDAY + timedelta(days=number))
