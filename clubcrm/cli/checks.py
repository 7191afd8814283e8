"""Commands that look and change nothing: invariants, doctor, routes."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from clubcrm import wiring
from clubcrm.cli.server import refuse_unknown_schema
from clubcrm.core import health
from clubcrm.core.config import Settings
from clubcrm.core.db import db, end_reading, sorting_on_disk
from clubcrm.core.policy import policy_of

MOST_ROWS = 50
FINE, HINT, BAD = "fine", "hint", "BAD"


@click.command("invariants")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def invariants(*, as_json: bool) -> None:
    """Check what must always hold; exit 1 and name the rows where it does not.

    Example: clubcrm invariants
    """
    refuse_unknown_schema()
    found = broken(wiring.INVARIANTS)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    for name, rows in {} if as_json else found.items():
        click.echo(f"{name}: {'holds' if not rows else f'{len(rows)} rows'}")
        for row in rows[:MOST_ROWS]:
            click.echo(f"  {row}")
    if any(found.values()):
        sys.exit(1)


def broken(checks: Mapping[str, Callable[[], list[str]]]) -> dict[str, list[str]]:
    """Return the offending rows of each check, in order of their numbers."""
    found = {}
    for name in sorted(checks, key=_by_number):
        with sorting_on_disk():
            found[name] = checks[name]()
        end_reading()
    return found


def _by_number(name: str) -> tuple[int, str]:
    number = "".join(letter for letter in name.partition("-")[0] if letter.isdigit())
    return int(number or 0), name


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def doctor(*, as_json: bool) -> None:
    """Look at what a support person would look at by hand; exit 1 when something needs care.

    Example: clubcrm doctor
    """
    findings = diagnosis(current_app)
    if as_json:
        shown = {one.name: {"state": one.state, "words": one.words} for one in findings}
        click.echo(json.dumps(shown, ensure_ascii=False))
    for one in [] if as_json else findings:
        click.echo(f"{one.state:5} {one.name}: {one.words}")
    if any(one.state == BAD for one in findings):
        sys.exit(1)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: fine, a hint, or bad."""

    name: str
    state: str
    words: str


NO_ADDRESS = (
    "CLUBCRM_PUBLIC_URL is not set: cookies travel without TLS, and members get no links "
    "(own page, offers, payments, waivers)"
)


def diagnosis(app: Flask) -> list[Finding]:
    """Return what was found, in plain words."""
    settings: Settings = app.extensions["club_settings"]
    checks = health.readiness()
    schema = checks["schema"]
    findings = [
        Finding("store", _needed(checks["store"]), _store_words(settings)),
        Finding(
            "schema",
            _needed(schema),
            f"stored {schema.get('stored')}, needed {schema.get('known')}",
        ),
        _scheduler(checks["scheduler"]),
        Finding("disk", _needed(checks["disk"]), f"{checks['disk']['free_bytes'] >> 20} MB free"),
        _hint("backup", checks["backup"]["ok"], _age(checks["backup"], "none made yet")),
        _hint(
            "mail",
            bool(settings.smtp_url),
            "a server is set" if settings.smtp_url else "CLUBCRM_SMTP_URL is not set: mail waits",
        ),
        _hint(
            "address",
            settings.secure_cookies,
            settings.public_url or NO_ADDRESS,
        ),
    ]
    if schema["ok"]:
        wrong = [name for name, rows in broken(wiring.INVARIANTS).items() if rows]
        words = f"broken: {', '.join(wrong)}" if wrong else f"{len(wiring.INVARIANTS)} hold"
        findings.append(Finding("invariants", BAD if wrong else FINE, words))
    return findings


def _needed(check: Mapping[str, Any]) -> str:
    return FINE if check["ok"] else BAD


def _hint(name: str, fine: bool, words: str) -> Finding:
    return Finding(name, FINE if fine else HINT, words)


def _scheduler(check: Mapping[str, Any]) -> Finding:
    if check.get("age_seconds") is None:
        return Finding("scheduler", HINT, "never started: `clubcrm jobs`")
    return Finding("scheduler", _needed(check), _age(check, ""))


def _age(check: Mapping[str, Any], never: str) -> str:
    age = check.get("age_seconds")
    return never if age is None else f"last {age:.0f} s ago"


def _store_words(settings: Settings) -> str:
    if settings.is_sqlite:
        return f"SQLite at {db.engine.url.database}"
    return f"PostgreSQL at {db.engine.url.host}/{db.engine.url.database}"


@click.command("routes")
@click.option("--policy", is_flag=True, required=True, help="With the right each route asks for.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def routes(*, policy: bool, as_json: bool) -> None:
    """List every route with its methods and who may call it.

    Example: clubcrm routes --policy --json
    """
    _ = policy
    lines = policies(current_app)
    if as_json:
        click.echo(json.dumps(lines))
    for line in [] if as_json else lines:
        who = line["right"] or f"{line['policy']}: {line['why']}"
        click.echo(f"{','.join(line['methods']):12} {line['route']:60} {who}")


def policies(app: Flask) -> list[dict[str, Any]]:
    """Return every route with its methods and declared policy, by address."""
    lines = []
    for rule in app.url_map.iter_rules():
        declared = policy_of(app.view_functions[rule.endpoint])
        if rule.endpoint == "static":
            kind, right, why = "public", "", "style sheets, scripts and pictures name nobody"
        else:
            kind, right, why = (
                (declared.kind, declared.right, declared.why) if declared else ("none", "", "")
            )
        lines.append(
            {
                "route": rule.rule,
                "endpoint": rule.endpoint,
                "methods": sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}),
                "policy": kind,
                "right": right,
                "why": why,
            }
        )
    return sorted(lines, key=lambda line: (line["route"], line["methods"]))
