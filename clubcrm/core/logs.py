"""One JSON line per event; lines carry ids and routes, never names, addresses typed or secrets."""

import logging
import sys
import time
import uuid
from typing import Any, TextIO

import structlog
from flask import Flask, Response, g, has_request_context, request

from clubcrm.core.config import Settings

SECRET_ARGUMENTS = frozenset({"token", "secret", "key"})
QUIET_ROUTES = frozenset({"static", "healthz", "readyz", "metrics"})
log = structlog.get_logger(__name__)


class _Target:
    """Where lines go: to stderr, or to stdout in the processes that serve."""

    to_stdout = False

    @classmethod
    def stream(cls) -> TextIO:
        """Return the stream of the moment, so that tests and supervisors may replace it."""
        return sys.stdout if cls.to_stdout else sys.stderr


class _LineHandler(logging.Handler):
    """Passes lines of libraries on in our own form."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record as one line."""
        line = log.bind(logger=record.name)
        line.log(record.levelno, record.getMessage(), exc_info=record.exc_info)


def write_to_stdout() -> None:
    """Lines go to stdout from now on, in this process and those it forks."""
    _Target.to_stdout = True


def configure(settings: Settings) -> None:
    """Lines at or above the settings' level are written as JSON."""
    level = logging.getLevelNamesMapping()[settings.log_level]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_names: structlog.PrintLogger(_Target.stream()),
        cache_logger_on_first_use=False,
    )
    library = logging.getLogger()
    if not any(isinstance(handler, _LineHandler) for handler in library.handlers):
        library.addHandler(_LineHandler(logging.WARNING))


def install(app: Flask, settings: Settings) -> None:
    """Each request is one line: who by id, which route, how it ended, how long it took."""
    configure(settings)
    app.before_request(_begin)
    app.after_request(_end)


def route_name() -> str:
    """Return the pattern of the matched route: its address may hold a secret, the pattern not."""
    if not has_request_context() or request.url_rule is None:
        return "unmatched"
    return request.url_rule.rule


def _begin() -> None:
    g.began_at = time.perf_counter()
    g.request_id = uuid.uuid4().hex[:16]
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _end(response: Response) -> Response:
    quiet = request.endpoint in QUIET_ROUTES or response.status_code == 204
    taken: float = time.perf_counter() - g.get("began_at", time.perf_counter())
    line: dict[str, Any] = {
        "method": request.method,
        "route": route_name(),
        "status": response.status_code,
        "ms": round(taken * 1000, 1),
        "actor": g.get("actor_name", "nobody"),
    }
    ids = {k: v for k, v in (request.view_args or {}).items() if k not in SECRET_ARGUMENTS}
    if ids and request.endpoint != "static":
        line["ids"] = ids
    level = logging.DEBUG if quiet and response.status_code < 500 else logging.INFO
    log.log(level, "request", **line)
    return response
