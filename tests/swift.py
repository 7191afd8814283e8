"""Apps that start quickly: what every app works out anew, and always alike, is worked out once.

A test run makes thousands of apps; only tests import this.
"""

from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any
from weakref import WeakKeyDictionary

from argon2 import PasswordHasher
from flask import Flask
from flask.sansio.app import App
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Map, Rule

from clubcrm.accounts import passwords
from clubcrm.core.db import db
from tests.cast import PASSWORD_HASH

Builder = Callable[..., tuple[str, str]]
Asked = tuple[str, str | None, str, str]
Shape = tuple[list[Any], list[Any], dict[str, Any], set[str]]
_builders: dict[tuple[Any, ...], Builder] = {}
_shapes: dict[tuple[str, str, bool], Shape] = {}
_compile = Rule._compile_builder
_read = Rule._parse_rule
_add_rule = App.add_url_rule


def _builder_of(rule: Rule, append_unknown: bool = True) -> Builder:
    """Return what writes the addresses of a rule: the same for rules of the same text."""
    if rule.defaults:
        return _compile(rule, append_unknown)
    key = (*rule._trace, append_unknown)
    if key not in _builders:
        _builders[key] = _compile(rule, append_unknown)
    return _builders[key]


def _parts_of(rule: Rule, text: str) -> Iterator[Any]:
    """Yield the parts of a rule's text: the same for rules of the same text."""
    key = text, rule.rule, rule.is_leaf
    if rule.defaults or rule._trace not in ([], [(False, "|")]):
        yield from _read(rule, text)
        return
    if key not in _shapes:
        before = len(rule._trace)
        parts = list(_read(rule, text))
        _shapes[key] = parts, rule._trace[before:], dict(rule._converters), set(rule.arguments)
        yield from parts
        return
    parts, trace, converters, arguments = _shapes[key]
    rule._trace += trace
    rule._converters |= converters
    rule.arguments |= arguments
    yield from parts


class OncePerRun(BytecodeCache):
    """Keeps compiled templates in memory for all apps of a run."""

    def __init__(self) -> None:
        """Nothing is compiled yet."""
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """The bucket holds the code if this very text was compiled before."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """The code is kept for the next app."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


class Addresses:
    """The addresses of the first app of a run, which every later one like it answers too.

    An app keeps its own functions behind them. One that adds an address, or has fewer, gets a map
    of its own.
    """

    def __init__(self) -> None:
        """No app is ready yet."""
        self._map: Map | None = None
        self._rules: dict[Asked, Rule] = {}
        self._asked: WeakKeyDictionary[App, set[Asked]] = WeakKeyDictionary()

    def add(self, app: App, rule: str, endpoint: str | None, view: Any, **more: Any) -> None:
        """The app answers the address, by the common map if that knows it."""
        asked = (rule, endpoint, str(sorted(more.items(), key=str)) if more else "", _methods(view))
        mine = self._asked.setdefault(app, set())
        shares = app.url_map is self._map or (not mine and self._map is not None)
        if shares and endpoint and view is not None and asked in self._rules:
            app.url_map = self._map  # type: ignore[assignment]
            app.view_functions[endpoint] = view
        else:
            if app.url_map is self._map:
                app.url_map = self._copied(app, mine)
            before = len(app.url_map._rules)
            _add_rule(app, rule, endpoint, view, **more)
            if self._map is None:
                self._rules[asked] = app.url_map._rules[before]
        mine.add(asked)

    def ready(self, app: App) -> None:
        """The app has all its addresses; those of the first one are common from here on."""
        mine = self._asked.get(app, set())
        if self._map is None:
            self._map, self._rules = app.url_map, {one: self._rules[one] for one in mine}
        elif app.url_map is self._map and mine != self._rules.keys():
            app.url_map = self._copied(app, mine)

    def _copied(self, app: App, asked: set[Asked]) -> Map:
        copy = app.url_map_class(host_matching=False)
        for one, rule in self._rules.items():
            if one in asked:
                mine = rule.empty()
                mine.provide_automatic_options = rule.provide_automatic_options  # type: ignore[attr-defined]
                copy.add(mine)
        return copy


def _methods(view: Any) -> str:
    methods = getattr(view, "methods", None)
    automatic = getattr(view, "provide_automatic_options", None)
    if methods is None and automatic is None:
        return ""
    return f"{sorted(methods or ())} {automatic}"


# What a dialect has to have in common with another one for what it compiled to be good for both.
OF_A_DIALECT = (
    "paramstyle",
    "server_version_info",
    "label_length",
    "max_identifier_length",
    "default_schema_name",
    "insertmanyvalues_page_size",
    "_json_serializer",
    "_json_deserializer",
)


def _is_alike(one: Any, other: Any) -> bool:
    if one is other:
        return True
    return type(one) is type(other) and all(
        getattr(one, name, None) == getattr(other, name, None) for name in OF_A_DIALECT
    )


_templates = OncePerRun()
_addresses = Addresses()
_statements: LRUCache[Any, Any] = LRUCache(5_000)


def use_what_run_knows(app: Flask) -> None:
    """The app takes addresses, templates and statements that an earlier app compiled."""
    app.jinja_env.bytecode_cache = _templates
    _addresses.ready(app)
    with app.app_context():
        db.engine._compiled_cache = _statements


def _answer(
    app: App, rule: str, endpoint: str | None = None, view_func: Any = None, *rest: Any, **more: Any
) -> None:
    if rest:
        more["provide_automatic_options"] = rest[0]
    _addresses.add(app, rule, endpoint, view_func, **more)


class HasherOfRun(PasswordHasher):
    """Leaves the weak hash that the cast signs in with as it is, and renews every other."""

    def check_needs_rehash(self, hash: str | bytes) -> bool:
        """Tell whether the hash is weaker than today's, and none of the cast's."""
        return hash != PASSWORD_HASH and super().check_needs_rehash(hash)


def install() -> None:
    """Rules of the same text, and dialects of the same store, share what is compiled for them."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.__eq__ = _is_alike  # type: ignore[method-assign,assignment]
        dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign,assignment]
    Rule._parse_rule = _parts_of  # type: ignore[method-assign,assignment]
    strong = passwords._hasher
    passwords._hasher = HasherOfRun(strong.time_cost, strong.memory_cost, strong.parallelism)
    Rule._compile_builder = _builder_of  # type: ignore[method-assign,assignment]
    App.add_url_rule = _answer  # type: ignore[method-assign,assignment]
