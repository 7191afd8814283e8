"""Services room: reports are kept, shared, mailed and dropped."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import or_, select

from clubcrm.core import audit, clock
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.reports.built_models import BuiltReport, ReportMailing
from clubcrm.reports.rules.built import Definition, Rhythm, next_day

LONGEST_NAME = 120
KINDS = ("xlsx", "csv")


@dataclass(frozen=True, slots=True)
class Mailing:
    """How often a report goes to somebody, on which weekday, as what kind of file."""

    rhythm: Rhythm
    weekday: int = 0
    kind: str = "xlsx"


def keep_report(club_id: int, owner_id: int, name: str, definition: Definition) -> BuiltReport:
    """The question is kept under a name that its owner has not given twice."""
    words = _name(club_id, owner_id, name)
    report = BuiltReport(
        club_id=club_id, owner_id=owner_id, name=words, definition=definition.as_json()
    )
    db.session.add(report)
    db.session.flush()
    after = {"name": report.name, "about": definition.about}
    audit.note("report.kept", "built_report", report.id, after=after, by=f"user:{owner_id}")
    return report


def change_report(report: BuiltReport, name: str, definition: Definition, *, by: int) -> None:
    """The kept question is this one from now on; only its owner changes it."""
    _check_owner(report, by)
    before = {"name": report.name, "definition": report.definition}
    report.name = _name(report.club_id, by, name, but=report.id)
    report.definition, report.changed_at = definition.as_json(), clock.now()
    db.session.flush()
    after = {"name": report.name, "definition": report.definition}
    audit.note(
        "report.changed", "built_report", report.id, before=before, after=after, by=f"user:{by}"
    )


def share_report(report: BuiltReport, is_shared: bool, *, by: int) -> None:
    """Colleagues see the report and may have it mailed, or no more."""
    _check_owner(report, by)
    report.is_shared = is_shared
    db.session.flush()
    if not is_shared:
        for row in _mailings(report):
            if row.user_id != report.owner_id:
                row.is_active, row.why_stopped = False, "not_shared"
        db.session.flush()
    after = {"is_shared": is_shared}
    audit.note("report.shared", "built_report", report.id, after=after, by=f"user:{by}")


def drop_report(report: BuiltReport, *, by: int) -> None:
    """The report is on no list and is mailed to nobody any more; it may be taken back."""
    _check_owner(report, by)
    report.is_active = False
    db.session.flush()
    audit.note("report.dropped", "built_report", report.id, by=f"user:{by}")


def take_back_report(report: BuiltReport, *, by: int) -> None:
    """A dropped report is on its list again."""
    _check_owner(report, by)
    report.is_active = True
    db.session.flush()
    audit.note("report.taken_back", "built_report", report.id, by=f"user:{by}")


def mail_report(report: BuiltReport, user_id: int, wish: Mailing, zone: str) -> ReportMailing:
    """The report goes to this colleague by mail from now on."""
    if not 0 <= wish.weekday <= 6 or wish.kind not in KINDS:
        raise invalid({"weekday": _("Choose a weekday.")})
    row = mailing_of(report, user_id)
    if row is None:
        row = ReportMailing(report_id=report.id, user_id=user_id)
        db.session.add(row)
    row.rhythm, row.weekday, row.kind = wish.rhythm, wish.weekday, wish.kind
    row.next_on = next_day(wish.rhythm, wish.weekday, clock.today(zone))
    row.is_active, row.why_stopped = True, ""
    db.session.flush()
    after = {"rhythm": wish.rhythm.value, "next_on": row.next_on.isoformat()}
    audit.note("report.mailed", "built_report", report.id, after=after, by=f"user:{user_id}")
    return row


def stop_mailing(report: BuiltReport, user_id: int) -> None:
    """The report is not mailed to this colleague any more."""
    row = mailing_of(report, user_id)
    if row is not None:
        row.is_active, row.why_stopped = False, "asked"
        db.session.flush()
        audit.note("report.not_mailed", "built_report", report.id, by=f"user:{user_id}")


def reports_for(scope: Scope, user_id: int) -> list[BuiltReport]:
    """Return the reports of these clubs that one has kept or that are shared, by name."""
    rows = db.session.scalars(
        select(BuiltReport)
        .where(
            BuiltReport.club_id.in_(scope.club_ids),
            BuiltReport.is_active,
            or_(BuiltReport.owner_id == user_id, BuiltReport.is_shared),
        )
        .order_by(BuiltReport.name, BuiltReport.id)
    )
    return list(rows)


def report_for(
    scope: Scope, user_id: int, public_id: str, *, dropped: bool = False
) -> BuiltReport | None:
    """Return a report that one may see, None when there is none."""
    return db.session.scalars(
        select(BuiltReport).where(
            BuiltReport.public_id == public_id,
            BuiltReport.club_id.in_(scope.club_ids),
            BuiltReport.is_active.is_(not dropped),
            or_(BuiltReport.owner_id == user_id, BuiltReport.is_shared),
        )
    ).first()


def mailing_of(report: BuiltReport, user_id: int) -> ReportMailing | None:
    """Return how a report is mailed to somebody, None when it never was."""
    return next((row for row in _mailings(report) if row.user_id == user_id), None)


def _mailings(report: BuiltReport) -> list[ReportMailing]:
    rows = select(ReportMailing).where(ReportMailing.report_id == report.id)
    return list(db.session.scalars(rows.order_by(ReportMailing.id)))


def _check_owner(report: BuiltReport, by: int) -> None:
    if report.owner_id != by:
        text = _("Only whoever keeps this report changes it. Keep a copy under your own name.")
        raise DomainError("NOT_YOURS", text, status=403)


def _name(club_id: int, owner_id: int, name: str, but: int | None = None) -> str:
    words = clean(name, "name", longest=LONGEST_NAME)
    if not words:
        raise invalid({"name": _("Give it a name.")})
    twin = select(BuiltReport.id).where(
        BuiltReport.club_id == club_id,
        BuiltReport.owner_id == owner_id,
        BuiltReport.name == words,
        BuiltReport.is_active,
    )
    if any(found != but for found in db.session.scalars(twin)):
        raise invalid({"name": _("You have a report of this name already.")})
    return words
