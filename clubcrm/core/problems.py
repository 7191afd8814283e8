"""Every refusal in two voices: problem+json (RFC 9457) for programs, a plain page for people."""

import json
import sqlite3
from typing import Any

import structlog
from flask import Flask, Response, make_response, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from clubcrm.core.db import db, store_busy
from clubcrm.core.errors import DomainError
from clubcrm.core.logs import route_name
from clubcrm.core.web import wants_json

log = structlog.get_logger(__name__)
PROBLEM = "application/problem+json"


def install(app: Flask) -> None:
    """Errors of the app are answered here and nowhere else."""
    app.register_error_handler(DomainError, on_domain_error)
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(IntegrityError, on_integrity_error)
    app.register_error_handler(OperationalError, on_store_error)
    app.register_error_handler(PoolTimeout, on_store_error)
    app.register_error_handler(DataError, on_bad_value)
    app.register_error_handler(OverflowError, on_bad_value)
    app.register_error_handler(Exception, on_unknown_error)


def on_domain_error(error: DomainError) -> Response:
    """Answer with the refusal's own code, sentence and fields."""
    fields = [{"field": one.field, "message": one.message} for one in error.fields]
    response = answer(error.status, error.code, error.text, fields=fields, extra=error.extra)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def on_csrf_error(error: CSRFError) -> Response:
    """Answer 400 and say how to go on."""
    log.info("csrf refused", reason=error.description, route=route_name())
    return answer(400, "CSRF", _("This page is out of date. Load it again, then repeat."))


def on_http_error(error: HTTPException) -> Response:
    """Answer an HTTP refusal in our own words."""
    status = error.code or 500
    if error.response is not None:
        return make_response(error.response)
    response = answer(status, _code_of(status), _words_of(status))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="ClubCRM"'
    retry = getattr(error, "retry_after", None)
    if retry is not None:
        response.headers["Retry-After"] = str(retry)
    return response


def on_integrity_error(error: IntegrityError) -> Response:
    """Answer 409: somebody else was first, or the thing hangs on another."""
    log.warning("integrity refused", error=_without_values(error.orig), route=route_name())
    return answer(409, "CONFLICT", _("Somebody else has just changed this. Look again."))


def on_store_error(error: Exception) -> Response:
    """Answer 503 with a time to come back when the store is locked, full or away."""
    cause = getattr(error, "orig", error)
    log.error("store trouble", error=_without_values(cause), route=route_name())
    if isinstance(cause, sqlite3.OperationalError) and "full" in str(cause):
        text = _("The disk is full: nothing was saved. Free some space, then repeat.")
        return on_domain_error(DomainError("DISK_FULL", text, status=503, retry_after=60))
    return on_domain_error(store_busy())


def on_bad_value(error: Exception) -> Response:
    """Answer 400 for a value the store cannot hold."""
    log.info("value refused", kind=type(error).__name__, route=route_name())
    return answer(400, "INVALID_INPUT", _("A value is out of range."))


def on_unknown_error(error: Exception) -> Response:
    """Answer 500 without a word of the cause, which is logged."""
    log.error("unexpected error", route=route_name(), exc_info=error)
    return answer(500, "UNEXPECTED", _("Something went wrong on our side. Nothing was saved."))


def answer(
    status: int,
    code: str,
    text: str,
    *,
    fields: list[dict[str, str]] | None = None,
    extra: dict[str, Any] | None = None,
) -> Response:
    """Return the refusal as problem+json or as a page, whichever the caller reads."""
    db.session.rollback()
    if not wants_json():
        page = render_template(
            "errors/problem.html", status=status, code=code, text=text, fields=fields or []
        )
        return Response(page, status=status, mimetype="text/html")
    body = {
        "type": "about:blank",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "code": code,
        "detail": text,
        "errors": fields or [],
        **(extra or {}),
    }
    return Response(
        json.dumps(body, ensure_ascii=False, default=str), status=status, content_type=PROBLEM
    )


def _without_values(cause: object) -> str:
    """Return the first line of the store's complaint; later lines quote the values."""
    return f"{type(cause).__name__}: {str(cause).partition(chr(10))[0]}"


def _code_of(status: int) -> str:
    return {
        400: "BAD_REQUEST",
        401: "NOT_SIGNED_IN",
        403: "FORBIDDEN",
        404: "NOT_FOUND",
        405: "METHOD_NOT_ALLOWED",
        413: "TOO_BIG",
        415: "WRONG_TYPE",
        422: "UNPROCESSABLE",
        429: "TOO_MANY",
        503: "UNAVAILABLE",
    }.get(status, f"HTTP_{status}")


def _words_of(status: int) -> str:
    return {
        400: _("This request cannot be understood."),
        401: _("Sign in first."),
        403: _("Your role does not allow this."),
        404: _("There is nothing here, or it is not yours to see."),
        405: _("This address does not take that kind of request."),
        413: _("This is too big."),
        415: _("This kind of content is not accepted here."),
        429: _("Too many tries. Wait a little."),
        503: _("Not available right now. Try again in a moment."),
    }.get(status, _("This request was refused."))
