"""Is it alive, is it ready: the two questions that watchdogs and load balancers ask."""

import shutil
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from clubcrm.core import backups, clock, leases, schema
from clubcrm.core.config import Settings
from clubcrm.core.db import db
from clubcrm.core.job_health import troubled_jobs
from clubcrm.core.policy import public

LEAST_FREE_BYTES = 200 * 1024 * 1024
OLDEST_LEASE_SECONDS = 120.0
OLDEST_BACKUP_HOURS = 48


def install(app: Flask) -> None:
    """The app answers /healthz and /readyz."""
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


@public("watchdogs have no account; the answer names nobody")
def healthz() -> Response:
    """Answer that the process is alive, without a look at the store."""
    return jsonify({"status": "alive"})


@public("load balancers have no account; the answer names nobody")
def readyz() -> Response:
    """Answer 200 when requests can be served, else 503, with the reasons."""
    checks = readiness()
    ready = all(check["ok"] for check in checks.values() if check["needed"])
    status = "not ready"
    if ready:
        status = "ready" if checks["jobs"]["ok"] else "degraded"
    response = jsonify({"status": status, "checks": checks})
    response.status_code = 200 if ready else 503
    return response


def readiness() -> dict[str, dict[str, Any]]:
    """Return each check with whether it is fine and whether serving needs it."""
    settings: Settings = current_app.extensions["club_settings"]
    return {
        "store": _tried(_store, needed=True),
        "schema": _tried(_schema, needed=True),
        "scheduler": _tried(_scheduler, needed=False),
        "jobs": _tried(_jobs, needed=False),
        "disk": _disk(settings),
        "backup": _backup(settings),
    }


def _tried(check: Callable[[], dict[str, Any]], *, needed: bool) -> dict[str, Any]:
    try:
        found = check()
    except SQLAlchemyError as error:
        db.session.rollback()
        found = {"ok": False, "error": type(error).__name__}
    return {"needed": needed, **found}


def _store() -> dict[str, Any]:
    db.session.execute(text("SELECT 1")).scalar_one()
    return {"ok": True, "kind": db.engine.dialect.name}


def _schema() -> dict[str, Any]:
    stored, known = schema.stored_revision(db.engine), schema.latest_revision()
    return {"ok": stored == known, "stored": stored, "known": known}


def _scheduler() -> dict[str, Any]:
    age = leases.seconds_since_renewal()
    fine = age is not None and age <= OLDEST_LEASE_SECONDS
    return {"ok": fine, "age_seconds": None if age is None else round(age, 1)}


def _jobs() -> dict[str, Any]:
    found = troubled_jobs(current_app.extensions["club_jobs"], clock.now())
    return {"ok": not found, "trouble": {one.job: one.trouble.value for one in found}}


def _disk(settings: Settings) -> dict[str, Any]:
    folder = next(one for one in (settings.data_dir, *settings.data_dir.parents) if one.is_dir())
    free = shutil.disk_usage(folder).free
    return {"needed": True, "ok": free >= LEAST_FREE_BYTES, "free_bytes": free}


def _backup(settings: Settings) -> dict[str, Any]:
    hours = backups.hours_since_backup(settings)
    fine = hours is not None and hours < OLDEST_BACKUP_HOURS
    return {
        "needed": False,
        "ok": fine,
        "age_seconds": None if hours is None else round(hours * 3600),
    }
