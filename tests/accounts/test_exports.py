"""Olga takes everything along by one click; the archive lives for a day and each look is noted."""

import io
import json
import zipfile
from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import func, select

from clubcrm.accounts.export_jobs import make_exports
from clubcrm.accounts.export_tables import ExportArchive, ExportState
from clubcrm.accounts.exporting import exports_folder
from clubcrm.core import clock
from clubcrm.core.audit import AuditLine
from clubcrm.core.config import Settings
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.people.models import Person
from tests.cast import Cast


def text_of(answer) -> str:
    """Return the words of a page."""
    return answer.get_data(as_text=True)


def run_job(app: Flask) -> int:
    """The job has had its turn; returns how much it did."""
    with app.app_context():
        return make_exports(JobContext("make-exports", "x", clock.now())).done


def noted(app: Flask) -> list[str]:
    """Return what the audit says of archives, in order."""
    with app.app_context(), unit_of_work(write=False):
        lines = select(AuditLine.action).where(AuditLine.subject_kind == "export_archive")
        return list(db.session.scalars(lines.order_by(AuditLine.id)))


def test_archive_is_made_beside_the_work_and_handed_out_for_a_day(
    app: Flask, cast: Cast, client_of, settings: Settings
):
    olga, page = client_of("Olga"), "/settings/export"

    asked = olga.post(page)
    again = olga.post(page)
    waiting = text_of(olga.get(page))
    assert run_job(app) == 1
    (told,) = olga.get("/api/v1/exports").get_json()
    with olga.post(f"{page}/{told['id']}/file") as file:
        content = file.data

    assert (asked.status_code, again.status_code) == (303, 303)
    assert "It begins within a few seconds." in waiting
    assert (told["state"], told["steps_done"]) == ("done", told["steps"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        people = archive.read("tables/person.jsonl").decode().splitlines()
        manifest = json.loads(archive.read("manifest.json"))
    with app.app_context(), unit_of_work(write=False):
        known = db.session.scalar(select(func.count()).select_from(Person))
    assert len(people) == manifest["tables"]["person"]["rows"] == known
    assert told["rows"] == sum(one["rows"] for one in manifest["tables"].values())
    assert [one.name for one in (settings.data_dir / "exports").iterdir()] == [f"{told['id']}.zip"]
    assert noted(app) == ["export.asked", "export.made", "export.handed_out"]

    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        # Signed in anew: a session of yesterday may be over.
        late = client_of("Olga")
        assert late.post(f"/api/v1/exports/{told['id']}/file").status_code == 409
        assert run_job(app) == 1
        assert late.get(f"/api/v1/exports/{told['id']}").get_json()["state"] == "gone"
    assert list((settings.data_dir / "exports").iterdir()) == []
    assert noted(app)[-1] == "export.let_go"


def test_killed_archive_has_failed_and_the_manager_has_no_right(app: Flask, cast: Cast, client_of):
    olga = client_of("Olga")
    olga.post("/settings/export")
    with app.app_context(), unit_of_work() as session:
        archive = session.scalars(select(ExportArchive)).one()
        archive.state, archive.told_at = ExportState.RUNNING, clock.now() - timedelta(minutes=20)
        assert exports_folder().name == "exports"

    run_job(app)

    assert "stopped half way" in text_of(olga.get("/settings/export"))
    max_ = client_of("Max")
    assert max_.get("/settings/export").status_code == 403
    assert max_.post("/api/v1/exports").status_code == 403
