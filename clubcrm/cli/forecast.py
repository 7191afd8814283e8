"""`clubcrm forecast`: what the coming months bring, and the retention model behind it."""

import json
import math
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.reports.analyst import ask
from clubcrm.reports.forecasting import follow_lives, foresee
from clubcrm.reports.models import AnalysisKind, AnalysisResult
from clubcrm.reports.rolling_up import roll_up

MOST_MEMBERS = 1e9


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True)
@click.option("--refresh", is_flag=True, help="Work everything out anew first, as every night.")
@click.pass_context
@with_appcontext
def forecast(context: click.Context, *, as_json: bool, refresh: bool) -> None:
    """Say how many renewals and how much money each coming month brings, with the 80% range.

    Example: clubcrm forecast --json
    """
    if context.invoked_subcommand is not None:
        return
    if refresh:
        _refresh()
    for name, currency, figures in _stored():
        if as_json:
            click.echo(json.dumps({"club": name, "currency": currency, **figures}))
        else:
            _say(name, currency, figures)


@forecast.command()
@click.option("--survivors", required=True, help="A cohort and who was left after each term.")
@click.option("--ahead", default=5, show_default=True, help="Terms to project beyond the last.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def fit(survivors: str, ahead: int, *, as_json: bool) -> None:
    """Fit the retention model (sBG, and BdW from four renewals on) to the survivors of one cohort.

    Example: clubcrm forecast fit --survivors 1000,631,468,382,326,289,262,241
    """
    numbers = [_members(place, one) for place, one in enumerate(survivors.split(","), start=1)]
    answer = ask("retention", {"survivors": numbers, "ahead": max(0, min(ahead, 100))})
    if as_json:
        click.echo(json.dumps(answer))
        return
    for name in ("sbg", "bdw"):
        told = answer[name]
        if told is not None:
            mark = "  (chosen)" if answer["chosen"] == name else ""
            shape = f"  c {told['c']:.3f}" if name == "bdw" else ""
            click.echo(
                f"{name}: alpha {told['alpha']:.3f}  beta {told['beta']:.3f}{shape}  "
                f"log-likelihood {told['log_likelihood']:.2f}  AIC {told['aic']:.2f}{mark}"
            )
    click.echo("term  survivors  projected  retention")
    chosen = answer[answer["chosen"]]
    for term, projected in enumerate(chosen["projected"]):
        seen = f"{numbers[term]:g}" if term < len(numbers) else ""
        kept = f"{chosen['retention'][term - 1]:.3f}" if term else ""
        click.echo(f"{term:4d}  {seen:>9}  {projected:9.1f}  {kept:>9}")


def _members(place: int, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < MOST_MEMBERS:
        raise click.BadParameter(
            f"number {place}, {text.strip()!r}, is not a number of members. "
            "Expected numbers by commas: 1000,631,468.",
            param_hint="--survivors",
        )
    return number


def _refresh() -> None:
    with unit_of_work(write=False) as session:
        clubs = {club.id: clock.today(club.zone) for club in session.scalars(select(Club))}
    for club_id, day in clubs.items():
        roll_up(unit_of_work, club_id, day)
    foresee(unit_of_work, clubs)
    for club_id, day in clubs.items():
        try:
            follow_lives(unit_of_work, club_id, day)
        except DomainError as refusal:
            if refusal.code != "NO_ANSWER":
                raise


def _stored() -> list[tuple[str, str, dict[str, Any]]]:
    with unit_of_work(write=False):
        rows = db.session.execute(
            select(Club.name, Club.currency, AnalysisResult.figures)
            .join(AnalysisResult, AnalysisResult.club_id == Club.id)
            .where(AnalysisResult.kind == AnalysisKind.FORECAST)
            .order_by(Club.id)
        ).all()
    return [(row[0], row[1], row[2]) for row in rows]


def _say(name: str, currency: str, figures: dict[str, Any]) -> None:
    click.echo(name)
    if figures["refusal"]:
        click.echo(
            "  too little is known: {final} memberships have ended, {needed} are needed".format(
                **figures["refusal"]
            )
        )
    for one in figures["months"]:
        click.echo(
            f"  {one['month'][:7]}  {one['renewals']:.0f} renewals of {one['due']:.0f} due "
            f"({one['low']:.0f}-{one['high']:.0f}), {one['money_minor'] / 100:,.0f} {currency}"
        )
