"""Apps that start quickly: what every app works out anew, and always alike, is worked out once.

A test run makes thousands of apps; only tests import this.
"""

from collections.abc import Callable
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]
_builders: dict[tuple[Any, ...], Builder] = {}
_compile = Rule._compile_builder


def _builder_of(rule: Rule, append_unknown: bool = True) -> Builder:
    """Return what writes the addresses of a rule: the same for rules of the same text."""
    if rule.defaults:
        return _compile(rule, append_unknown)
    key = (*rule._trace, append_unknown)
    if key not in _builders:
        _builders[key] = _compile(rule, append_unknown)
    return _builders[key]


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


def install() -> None:
    """Rules of the same text share what writes their addresses."""
    Rule._compile_builder = _builder_of  # type: ignore[method-assign,assignment]
