"""Views: everything of the clubs as one file, on a page and for programs."""

from typing import Any

from flask import Response, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import fields

from clubcrm.accounts.export_tables import ExportArchive, ExportState
from clubcrm.accounts.exporting import (
    KEPT_FOR,
    UNDER_WAY,
    archive_of,
    ask_for_export,
    hand_out,
    newest_archives,
)
from clubcrm.accounts.permissions import EXPORT_ALL
from clubcrm.accounts.queries import names_of_actors
from clubcrm.accounts.views.blueprints import settings
from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.errors import DomainError
from clubcrm.core.idempotency import keep_no_answer
from clubcrm.core.policy import current_actor
from clubcrm.core.shell import chosen_club
from clubcrm.core.web import require

exports_api = ApiBlueprint(
    "exports_api", __name__, url_prefix="/api/v1", description="Everything as one archive"
)


class ExportShown(InputSchema):
    """An archive of everything."""

    id = fields.String(attribute="public_id")
    state = fields.Enum(ExportState, by_value=True)
    asked_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)
    expires_at = fields.AwareDateTime(allow_none=True)
    steps_done = fields.Integer()
    steps = fields.Integer()
    rows = fields.Integer()
    files = fields.Integer()
    size_bytes = fields.Integer()


@settings.get("/export")
@require(EXPORT_ALL)
def export() -> ResponseReturnValue:
    archives, club = newest_archives(), chosen_club()
    return render_template(
        "clubcrm/settings/export.html",
        archives=archives,
        names=names_of_actors({one.asked_by for one in archives}),
        under_way=next((one for one in archives if one.state in UNDER_WAY), None),
        states=ExportState,
        hours=int(KEPT_FOR.total_seconds() // 3600),
        zone=club.zone if club else "UTC",
    )


@settings.post("/export")
@require(EXPORT_ALL)
def export_start() -> ResponseReturnValue:
    try:
        ask_for_export(by=current_actor().ref)
    except DomainError as error:
        if error.code != "EXPORT_RUNS":
            raise
        flash(error.text, "warning")
    else:
        flash(_("The archive is being made. You may leave this page."), "success")
    return redirect(url_for("settings.export"), 303)


@settings.post("/export/<public_id>/file")
@require(EXPORT_ALL)
def export_file(public_id: str) -> Response:
    """A POST, because handing it out is written down."""
    return _sent(public_id)


@exports_api.get("/exports")
@exports_api.doc(summary="Archives of everything, the newest first")
@require(EXPORT_ALL)
@exports_api.response(200, ExportShown(many=True))
def list_exports() -> list[ExportArchive]:
    """Return the archives."""
    return list(newest_archives())


@exports_api.post("/exports")
@exports_api.doc(summary="Make an archive of everything")
@require(EXPORT_ALL)
@exports_api.response(202, ExportShown)
def post_export() -> ExportArchive:
    """The archive is made next."""
    return ask_for_export(by=current_actor().ref)


@exports_api.get("/exports/<string:export_id>")
@exports_api.doc(summary="How far an archive is")
@require(EXPORT_ALL)
@exports_api.response(200, ExportShown)
def get_export(export_id: str) -> ExportArchive:
    """Return the archive."""
    return archive_of(export_id)


@exports_api.post("/exports/<string:export_id>/file")
@exports_api.doc(summary="The archive itself", description="409 EXPORT_OVER after its time.")
@require(EXPORT_ALL)
def post_export_file(export_id: str) -> Any:
    """Return the file; that it was handed out is on record."""
    return _sent(export_id)


def _sent(public_id: str) -> Response:
    archive, path = hand_out(public_id, by=current_actor().ref)
    keep_no_answer()
    name = f"clubcrm-{archive.asked_at:%Y-%m-%d}.zip"
    answer = send_file(
        path, mimetype="application/zip", as_attachment=True, download_name=name, etag=False
    )
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
