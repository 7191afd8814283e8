"""Apps that start quickly: what every app works out anew, and always alike, is worked out once.

A test run makes thousands of apps; only tests import this.
"""

from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from clubcrm.accounts import passwords
from tests.cast import PASSWORD_HASH

Builder = Callable[..., tuple[str, str]]
Shape = tuple[list[Any], list[Any], dict[str, Any], set[str]]
_builders: dict[tuple[Any, ...], Builder] = {}
_shapes: dict[tuple[str, str, bool], Shape] = {}
_compile = Rule._compile_builder
_read = Rule._parse_rule


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


_templates = OncePerRun()


def use_templates_of_run(app: Flask) -> None:
    """The app takes templates that an earlier app of this run compiled."""
    app.jinja_env.bytecode_cache = _templates


class HasherOfRun(PasswordHasher):
    """Leaves the weak hash that the cast signs in with as it is, and renews every other."""

    def check_needs_rehash(self, hash: str | bytes) -> bool:
        """Tell whether the hash is weaker than today's, and none of the cast's."""
        return hash != PASSWORD_HASH and super().check_needs_rehash(hash)


def install() -> None:
    """Rules of the same text share what reads and what writes their addresses."""
    Rule._parse_rule = _parts_of  # type: ignore[method-assign,assignment]
    strong = passwords._hasher
    passwords._hasher = HasherOfRun(strong.time_cost, strong.memory_cost, strong.parallelism)
    Rule._compile_builder = _builder_of  # type: ignore[method-assign,assignment]
