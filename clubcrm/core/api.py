"""The JSON API's frame: blueprints whose schemas check input and describe themselves in OpenAPI."""

import json
import threading
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, NoReturn

from flask import Flask, Response, current_app, jsonify
from flask.json.provider import DefaultJSONProvider
from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from webargs.core import missing
from webargs.flaskparser import FlaskParser, is_json_request

from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.policy import public

MOST_PER_PAGE = 500


class StrictParser(FlaskParser):
    """Reads arguments by schema; anything wrong is a 400 that names the fields."""

    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {  # type: ignore[misc]
        "json": RAISE,
        "form": RAISE,
        "query": RAISE,
        "path": RAISE,
        "headers": None,
        "cookies": None,
        "files": RAISE,
        "json_or_form": RAISE,
    }

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        """Raise INVALID_INPUT with one message per field."""
        messages = error.messages if isinstance(error.messages, dict) else {}
        raise invalid(dict(_flat(messages)))

    def _raw_load_json(self, req: Any) -> Any:
        # The library's own reader takes doubled keys and falls over bottomless nesting.
        if not is_json_request(req):
            return missing
        try:
            return current_app.json.loads(req.get_data(cache=True))
        except ValueError as error:
            raise DomainError("INVALID_JSON", "The body is not valid JSON.", status=400) from error

    def _handle_invalid_json_error(self, *_: Any, **__: Any) -> NoReturn:
        raise DomainError("INVALID_JSON", "The body is not valid JSON.", status=400)


def _flat(messages: Mapping[Any, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in messages.items():
        skip = name in {"json", "query", "form", "_schema"} and not prefix
        path = prefix if skip else f"{prefix}.{name}" if prefix else str(name)
        if isinstance(value, Mapping):
            found += _flat(value, path)
        else:
            text = " ".join(str(part) for part in value) if isinstance(value, list) else str(value)
            found.append((path or "body", text))
    return found


class ApiBlueprint(Blueprint):  # type: ignore[misc] # the library is untyped
    """A blueprint whose routes are checked by schema and described under /api/v1/openapi.json."""

    ARGUMENTS_PARSER = StrictParser()


class Description(Api):  # type: ignore[misc] # the library is untyped
    """The routes under /api/v1, described from their schemas when somebody asks."""

    def __init__(self, app: Flask) -> None:
        """The app has an API without routes."""
        super().__init__(app)
        self._undescribed: list[Blueprint] = []
        self._writing = threading.Lock()

    def register_blueprint(self, blueprint: Blueprint, **options: Any) -> None:
        """The app answers these routes; their description comes when it is asked for."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint, **options)
        self._undescribed.append(blueprint)

    def document(self) -> dict[str, Any]:
        """Return the OpenAPI document of all routes."""
        with self._writing:
            while self._undescribed:
                one = self._undescribed.pop(0)
                one.register_views_in_doc(
                    self, self._app, self.spec, name=one.name, parameters=None
                )
                self.spec.tag({"name": one.name, "description": one.description})
            if "bearer" not in self.spec.components.security_schemes:
                self.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
        return {**self.spec.to_dict(), "security": [{"bearer": []}]}


class InputSchema(Schema):
    """Input that refuses unknown fields."""

    class Meta:
        """Unknown fields are an error that names them."""

        unknown = RAISE


class PageArgs(InputSchema):
    """Keyset paging: how many, and after which item."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, MOST_PER_PAGE))
    after = fields.String(load_default="", validate=validate.Length(max=64))


def page_key(after: str) -> int | None:
    """Return the id that the key of the last page stands for; raises INVALID_INPUT for others."""
    if not after:
        return None
    if not (after.isascii() and after.isdigit() and len(after) < 19):
        raise invalid({"after": "Expected the value of `next` of the page before."})
    return int(after)


class StrictJson(DefaultJSONProvider):
    """JSON that refuses duplicate keys and bottomless nesting with a plain ValueError."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return the value; ValueError for duplicate keys, NaN or too deep nesting."""
        kwargs.setdefault("object_pairs_hook", _no_duplicates)
        kwargs.setdefault("parse_constant", _no_constants)
        try:
            return json.loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) != len(pairs):
        raise ValueError("a key stands twice")
    return whole


def _no_constants(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def install(app: Flask, blueprints: Iterable[Blueprint]) -> None:
    """The app serves these API blueprints and their own description."""
    app.json = StrictJson(app)
    app.config.update(
        API_TITLE="ClubCRM",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,
    )
    # One description per app, and written when it is first asked for: a process that starts has no
    # use for it.
    api = Description(app)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    app.extensions["club_api"] = api
    app.add_url_rule("/api/v1/openapi.json", "openapi", _openapi)


@public("the description of the API names no person")
def _openapi() -> Response:
    return jsonify(current_app.extensions["club_api"].document())
