"""The web floor: one unit of work per request, policies enforced, CSRF, idempotency keys.

A good unsafe request commits, everything else rolls back, so GET cannot write.
"""

import random
import time
from typing import Any

from flask import Flask, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Forbidden, InternalServerError, RequestEntityTooLarge, Unauthorized

from clubcrm.core import idempotency
from clubcrm.core.db import begin, db, unit_of_work
from clubcrm.core.policy import (
    Actor,
    Policy,
    current_actor,
    device_door,
    member_link,
    policy_of,
    public,
    require,
    signed_in,
)

__all__ = [
    "Actor",
    "UnitOfWorkFlask",
    "csrf",
    "current_actor",
    "device_door",
    "member_link",
    "public",
    "require",
    "signed_in",
    "typed",
    "wants_json",
]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
RETRIED_STATES = frozenset({"40001", "40P01"})
MOST_FIELDS = 1000
csrf = CSRFProtect()


def typed() -> MultiDict[str, str]:
    """Return what somebody typed into a page: what its form sent, else what its address says.

    A page that shows something first keeps the question in its address, and its form goes there:
    both together would tell each answer twice.
    """
    return request.form if request.method == "POST" else request.args


class UnitOfWorkFlask(Flask):
    """A Flask app whose requests are units of work."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view under its policy as one transaction; commits only good unsafe requests."""
        if request.routing_exception is not None or request.url_rule is None:
            self.raise_routing_exception(request)
        view = self.view_functions[request.url_rule.endpoint]
        if request.method == "OPTIONS" and getattr(
            request.url_rule, "provide_automatic_options", False
        ):
            return self.make_default_options_response()
        policy = Policy("public") if request.endpoint == "static" else policy_of(view)
        if policy is None:
            raise InternalServerError(f"{request.endpoint} declares no policy")
        refusal = _enforce(policy)
        if refusal is not None:
            return refusal
        if policy.own_units:
            db.session.rollback()
            return self._own_units(policy)
        if request.method in SAFE_METHODS:
            return super().dispatch_request()
        return self._write_request()

    def _write_request(self) -> ResponseReturnValue:
        db.session.rollback()
        key = idempotency.key_of_request()
        caller = current_actor().ref
        if key is not None:
            kept = idempotency.claim(caller, key)
            if kept is not None:
                return kept
        try:
            return self._commit_request(caller, key)
        except BaseException:
            db.session.rollback()
            if key is not None:
                idempotency.release(caller, key)
            raise

    def _own_units(self, policy: Policy) -> ResponseReturnValue:
        """Let a view run its own units of work; a program's key still has one effect."""
        key = request.headers.get("Idempotency-Key") and idempotency.key_of_request()
        if not key or request.method in SAFE_METHODS or policy.kind != "right":
            return super().dispatch_request()
        caller = current_actor().ref
        kept = idempotency.claim(caller, key)
        if kept is not None:
            return kept
        try:
            response: Response = self.make_response(super().dispatch_request())
        except BaseException:
            db.session.rollback()
            idempotency.release(caller, key)
            raise
        if response.status_code < 400:
            with unit_of_work():
                idempotency.keep_answer(caller, key, response)
        else:
            idempotency.release(caller, key)
        return response

    def _commit_request(self, caller: str, key: str | None) -> Response:
        for attempt in range(4):
            try:
                begin(db.session(), write=True)
                response: Response = self.make_response(super().dispatch_request())
                if response.status_code < 400:
                    if key is not None:
                        idempotency.keep_answer(caller, key, response)
                    db.session.commit()
                    return response
                db.session.rollback()
                if key is not None:
                    idempotency.release(caller, key)
                return response
            except OperationalError as error:
                db.session.rollback()
                if attempt == 3 or getattr(error.orig, "sqlstate", None) not in RETRIED_STATES:
                    raise
                time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))  # noqa: S311 - jitter
        raise AssertionError("unreachable")


def _enforce(policy: Policy) -> ResponseReturnValue | None:
    if policy.kind == "device":
        return None
    actor = current_actor()
    if request.method not in SAFE_METHODS:
        _check_form(policy, actor)
    if policy.kind in {"public", "link"}:
        return None
    if not actor.is_known:
        if wants_json():
            raise Unauthorized
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    if not actor.second_factor and not policy.before_second_factor:
        if wants_json():
            raise Forbidden
        return redirect(url_for("accounts.second_factor"))
    if policy.kind == "right" and not actor.may(policy.right):
        raise Forbidden
    return None


def _check_form(policy: Policy, actor: Actor) -> None:
    # The raw body is read first: a form parser that ran before would leave it empty.
    if request.mimetype != "multipart/form-data":
        request.get_data(cache=True)
    if request.mimetype == "application/x-www-form-urlencoded":
        fields = sum(1 for _ in request.form.items(multi=True))
        if fields > MOST_FIELDS:
            raise RequestEntityTooLarge
    by_cookie = actor.kind != "token" and policy.kind != "link"
    if by_cookie and current_app.config["WTF_CSRF_ENABLED"]:
        csrf.protect()


def wants_json() -> bool:
    """Tell whether the caller is a program that wants problem+json rather than a page."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and not request.headers.get("HX-Request")


def install(app: Flask) -> None:
    """The app checks CSRF with tokens that live as long as the session, only where we say so."""
    settings: dict[str, Any] = {
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "MAX_CONTENT_LENGTH": 10 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": MOST_FIELDS,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
    }
    app.config.update(settings)
    csrf.init_app(app)
    app.jinja_env.globals["form_key"] = idempotency.new_key
