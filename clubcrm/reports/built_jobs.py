"""Jobs room: reports leave by mail on their mornings."""

from datetime import date

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.accounts.queries import reach_of_user
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.export import KINDS
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.messaging.api import LetterOrder, Paper, post_letter
from clubcrm.reports.built_fields import Asker
from clubcrm.reports.built_models import BuiltReport, ReportMailing
from clubcrm.reports.built_sheets import content_of
from clubcrm.reports.built_traits import subject_of
from clubcrm.reports.goal_queries import Reader, reader_of
from clubcrm.reports.permissions import SEE_REPORTS
from clubcrm.reports.rules.built import definition_of, next_day

SOURCE = "report"
BY = "system:reports"


def mail_reports(context: JobContext) -> Outcome:
    """Every report whose morning it is has been handed to the post, for whoever may see it."""
    if context.club_id is None or context.day is None:
        raise ValueError("reports are mailed once per club and day")
    outcome = Outcome()
    with unit_of_work(write=False) as session:
        due = session.scalars(
            select(ReportMailing.id)
            .join(BuiltReport, BuiltReport.id == ReportMailing.report_id)
            .where(
                BuiltReport.club_id == context.club_id,
                BuiltReport.is_active,
                ReportMailing.is_active,
                ReportMailing.next_on <= context.day,
            )
            .order_by(ReportMailing.id)
        ).all()
    for mailing_id in due:
        with context.unit():
            outcome.done += _mail(mailing_id, context.day)
    return outcome


def _mail(mailing_id: int, day: date) -> bool:
    """The report is with the post and its next morning is set; rights are asked anew each time."""
    mailing = db.session.scalars(
        select(ReportMailing).where(ReportMailing.id == mailing_id).with_for_update()
    ).one()
    if not mailing.is_active or mailing.next_on > day:
        return False
    report = db.session.get_one(BuiltReport, mailing.report_id)
    user = reader_of(mailing.user_id)
    mailing.next_on = next_day(mailing.rhythm, mailing.weekday, day)
    if not _may_read(user, report):
        mailing.is_active, mailing.why_stopped = False, "no_right"
        return False
    club = db.session.get_one(Club, report.club_id)
    with force_locale(user.locale or club.locale):
        post_letter(_letter(report, mailing, (user, club), day), by=BY)
    return True


def _may_read(user: Reader, report: BuiltReport) -> bool:
    reach = reach_of_user(user.user_id, user.role)
    is_here = user.is_active and report.club_id in reach.club_ids
    is_seen = report.is_shared or report.owner_id == user.user_id
    return is_here and is_seen and SEE_REPORTS in reach.rights


def _letter(
    report: BuiltReport, mailing: ReportMailing, to: tuple[Reader, Club], day: date
) -> LetterOrder:
    user, club = to
    asker = Asker(club.id, day, club.currency, club.zone, user.role.value)
    subject = subject_of(str(report.definition.get("about", "")), asker)
    definition = definition_of(report.definition, subject.shape)
    content, lines = content_of(definition, subject, asker, mailing.kind)
    base = current_app.extensions["club_settings"].public_url
    body = [
        _("%(name)s: %(count)s lines as of %(day)s.", name=report.name, count=lines, day=day),
        f"{base}/reports/own/{report.public_id}" if base else "",
        _("You asked for this mail. Stop it on the page of the report."),
    ]
    return LetterOrder(
        club.id,
        user.email,
        f"{report.name} · {club.name}",
        "\n\n".join(part for part in body if part) + "\n",
        SOURCE,
        f"{mailing.id}:{day.isoformat()}",
        Paper(f"{report.public_id}-{day}.{mailing.kind}", KINDS[mailing.kind], content),
    )
