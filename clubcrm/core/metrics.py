"""Figures for Prometheus: requests counted over all workers, and states read from the store."""

import hmac
import ipaddress
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from multiprocessing import Array

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from werkzeug.exceptions import Forbidden

from clubcrm.core import leases
from clubcrm.core.config import Settings
from clubcrm.core.db import db
from clubcrm.core.events import Delivery
from clubcrm.core.jobs import JobRun
from clubcrm.core.policy import public

CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
CELLS = len(CLASSES) + 1  # the last cell sums up seconds
UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number per label value, read from the store when somebody asks."""

    name: str
    help: str
    label: str
    read: Callable[[], Sequence[tuple[str, float]]]


class Board:
    """Counts requests per route and class of answer in memory that forked workers share."""

    def __init__(self, routes: Iterable[str]) -> None:
        self.routes = (*sorted(set(routes)), UNMATCHED)
        self._places = {route: number * CELLS for number, route in enumerate(self.routes)}
        self._cells = Array("d", len(self.routes) * CELLS)

    def count(self, route: str, status: int, seconds: float) -> None:
        """The answer is counted."""
        place = self._places.get(route, self._places[UNMATCHED])
        with self._cells.get_lock():
            self._cells[place + min(max(status // 100, 1), 5) - 1] += 1
            self._cells[place + CELLS - 1] += seconds

    def rows(self) -> list[tuple[str, list[float]]]:
        """Return the cells of each route that was asked for at least once."""
        with self._cells.get_lock():
            cells = [float(cell) for cell in self._cells.get_obj()]
        rows = [(route, cells[at : at + CELLS]) for route, at in self._places.items()]
        return [(route, row) for route, row in rows if any(row)]


class _Kept:
    """The board of this process; workers are forked from the process that made it."""

    board: Board | None = None


class _Figures(Collector):
    """Gives all figures of the moment."""

    def __init__(self, board: Board, figures: Sequence[Figure]) -> None:
        self.board = board
        self.figures = figures

    def collect(self) -> Iterable[Metric]:
        """Give the counted requests, then each figure of the store."""
        requests = CounterMetricFamily(
            "clubcrm_requests", "Requests by route and class of answer", labels=["route", "status"]
        )
        seconds = CounterMetricFamily(
            "clubcrm_request_seconds", "Time spent in requests", labels=["route"]
        )
        for route, cells in self.board.rows():
            seconds.add_metric([route], cells[-1])
            for status, count in zip(CLASSES, cells, strict=False):
                if count:
                    requests.add_metric([route, status], count)
        yield requests
        yield seconds
        for figure in self.figures:
            family = GaugeMetricFamily(figure.name, figure.help, labels=[figure.label])
            for value, number in figure.read():
                family.add_metric([value], number)
            yield family


def install(app: Flask, figures: Sequence[Figure]) -> None:
    """The app answers /metrics with its own figures and those of the features."""
    app.add_url_rule("/metrics", "metrics", metrics)
    app.extensions["club_figures"] = (*CORE_FIGURES, *figures)
    app.after_request(_count)


def begin_counting(app: Flask) -> None:
    """A board for all routes exists; called once before workers are forked."""
    routes = {rule.rule for rule in app.url_map.iter_rules()}
    if _Kept.board is None or set(_Kept.board.routes) != routes | {UNMATCHED}:
        _Kept.board = Board(routes)


def _count(response: Response) -> Response:
    if _Kept.board is not None:
        route = request.url_rule.rule if request.url_rule is not None else UNMATCHED
        began: float = g.get("began_at", time.perf_counter())
        _Kept.board.count(route, response.status_code, time.perf_counter() - began)
    return response


@public("a scraper has no account: it shows the token, or asks from this machine")
def metrics() -> Response:
    """Return all figures as Prometheus text; 403 without the token from another machine."""
    if not _may_read():
        raise Forbidden
    registry = CollectorRegistry()
    board = _Kept.board or Board(())
    registry.register(_Figures(board, current_app.extensions["club_figures"]))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    settings: Settings = current_app.extensions["club_settings"]
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.metrics_token:
        return hmac.compare_digest(shown.encode(), settings.metrics_token.encode())
    # Behind a proxy that we were not told of, everybody seems to sit on this machine.
    if not settings.trusted_proxies and {"X-Forwarded-For", "Forwarded"} & set(
        request.headers.keys()
    ):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _job_runs() -> list[tuple[str, float]]:
    rows = db.session.execute(
        select(JobRun.job, JobRun.state, func.count()).group_by(JobRun.job, JobRun.state)
    ).all()
    return [(f"{job}:{state.value}", float(count)) for job, state, count in rows]


def _deliveries() -> list[tuple[str, float]]:
    rows = db.session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).all()
    return [(state.value, float(count)) for state, count in rows]


def _scheduler() -> list[tuple[str, float]]:
    age = leases.seconds_since_renewal()
    return [] if age is None else [(leases.SCHEDULER, age)]


CORE_FIGURES = (
    Figure("clubcrm_job_runs", "Runs of jobs by job and state", "job_state", _job_runs),
    Figure("clubcrm_deliveries", "Events on their way to handlers by state", "state", _deliveries),
    Figure("clubcrm_lease_age_seconds", "Seconds since it showed life", "lease", _scheduler),
)
