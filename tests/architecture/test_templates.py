"""Templates: every reference resolves, every word is translatable, nothing breaks the CSP."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, FileSystemLoader, nodes

from tests.architecture.house import ROOT, parsed, source_files, template_files

TEMPLATES = ROOT / "templates"
WRITTEN_WORDS = {"ClubCRM"}
SPOKEN_ATTRIBUTES = ("title", "alt", "placeholder", "aria-label", "label", "data-confirm")
FORBIDDEN_BY_CSP = re.compile(
    r"""<style\b
      | \sstyle\s*=
      | \son(?:click|change|submit|load|error|input|key|mouse|focus|blur|toggle|drag|drop|touch
           |pointer|scroll|paste|animation|transition)[a-z]*\s*=
      | \shx-on
      | javascript:
      | <script(?![^>]*\bsrc\s*=)(?![^>]*application/json)
      | (?:src|srcset|action)\s*=\s*["']?(?:https?:)?//
      | <link[^>]*href\s*=\s*["']?(?:https?:)?//""",
    re.VERBOSE | re.IGNORECASE,
)


def environment(folder: Path = TEMPLATES) -> Environment:
    """Return a Jinja that can read our templates without an app."""
    return Environment(
        loader=FileSystemLoader(folder),
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        autoescape=True,
    )


def pages() -> list[str]:
    return [str(path.relative_to(TEMPLATES)) for path in template_files()]


def tree_of(jinja: Environment, name: str) -> nodes.Template:
    assert jinja.loader is not None
    return jinja.parse(jinja.loader.get_source(jinja, name)[0])


def offered_names(jinja: Environment, name: str) -> set[str]:
    """Return the macros and variables a template offers to those that import it."""
    tree = tree_of(jinja, name)
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    variables = {
        target.name
        for assign in tree.find_all(nodes.Assign)
        for target in [assign.target]
        if isinstance(target, nodes.Name)
    }
    return macros | variables


def dangling_references(jinja: Environment, name: str) -> list[str]:
    """Return extends, includes and imported macros of a template that lead nowhere."""
    known = set(jinja.list_templates())
    found = []
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    for node in tree_of(jinja, name).find_all(kinds):
        target = node.template
        if not isinstance(target, nodes.Const):
            continue
        if target.value not in known:
            found.append(f"{name}:{node.lineno} {target.value}")
        elif isinstance(node, nodes.FromImport):
            offered = offered_names(jinja, target.value)
            wanted = [entry[0] if isinstance(entry, tuple) else entry for entry in node.names]
            found += [f"{name}:{node.lineno} {word}" for word in wanted if word not in offered]
        elif isinstance(node, nodes.Import):
            found += _dangling_members(jinja, name, node.target, target.value)
    return found


def _dangling_members(jinja: Environment, name: str, alias: str, target: str) -> list[str]:
    offered = offered_names(jinja, target)
    return [
        f"{name}:{node.lineno} {alias}.{node.attr}"
        for node in tree_of(jinja, name).find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name)
        and node.node.name == alias
        and node.attr not in offered
    ]


def addresses_of_template(jinja: Environment, name: str) -> list[tuple[str, str, set[str] | None]]:
    """Return (place, endpoint, names of arguments; None where unknown) of each url_for."""
    return [
        (
            f"{name}:{call.lineno}",
            call.args[0].value,
            None if call.dyn_kwargs else {word.key for word in call.kwargs},
        )
        for call in tree_of(jinja, name).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        and call.node.name == "url_for"
        and call.args
        and isinstance(call.args[0], nodes.Const)
    ]


def addresses_of_module(path: Path) -> list[tuple[str, str, set[str] | None]]:
    """Return the same for the url_for calls of a Python module."""
    found = []
    for call in ast.walk(parsed(path)):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            continue
        if call.func.id != "url_for" or not call.args or not isinstance(call.args[0], ast.Constant):
            continue
        words = [word.arg for word in call.keywords]
        names = None if None in words else {word for word in words if word}
        found.append((f"{path.name}:{call.lineno}", str(call.args[0].value), names))
    return found


def leads_somewhere(app: Flask, endpoint: str, given: set[str] | None) -> bool:
    """Tell whether an endpoint exists and one of its addresses can be built from the arguments."""
    if endpoint.startswith("."):
        return True  # relative to the blueprint of the page; browser tests follow these
    if endpoint not in app.view_functions:
        return False
    rules = list(app.url_map.iter_rules(endpoint))
    return given is None or any(
        rule.arguments - set(rule.defaults or ()) <= given for rule in rules
    )


def rendered_templates(path: Path) -> list[tuple[str, str]]:
    """Return (place, template name) of each render_template call of a module."""
    return [
        (f"{path.name}:{call.lineno}", str(call.args[0].value))
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "render_template"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]


class BareWords(HTMLParser):
    """Collects words of a page that did not come through gettext."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent_depth += tag in ("script", "style", "code", "kbd")
        self._keep(*(value or "" for name, value in attrs if name in SPOKEN_ATTRIBUTES))

    def handle_endtag(self, tag: str) -> None:
        self.silent_depth -= tag in ("script", "style", "code", "kbd")

    def handle_data(self, data: str) -> None:
        if not self.silent_depth:
            self._keep(data)

    def _keep(self, *texts: str) -> None:
        for text in texts:
            self.found += [w for w in re.findall(r"[^\W\d_]{3,}", text) if w not in WRITTEN_WORDS]


def bare_words(source: str) -> list[str]:
    """Return the visible words of a template that nobody could translate."""
    tree = environment().parse(source)
    parser = BareWords()
    pieces = []
    for node in tree.find_all((nodes.TemplateData, nodes.Output)):
        if isinstance(node, nodes.Output):
            pieces += [n.data if isinstance(n, nodes.TemplateData) else "0" for n in node.nodes]
    parser.feed("".join(pieces))
    return parser.found


@pytest.mark.parametrize("name", pages())
def test_references_of_template_resolve(name):
    assert dangling_references(environment(), name) == []


def test_templates_use_only_filters_of_the_app(app):
    compiled = [
        app.jinja_env.compile((TEMPLATES / name).read_text(encoding="utf-8"), name)
        for name in pages()
    ]

    assert len(compiled) == len(pages())


def test_links_of_templates_and_views_lead_somewhere(app):
    jinja = environment()
    found = [place for name in pages() for place in addresses_of_template(jinja, name)]
    found += [place for path in source_files() for place in addresses_of_module(path)]

    dead = [
        f"{place} {endpoint}"
        for place, endpoint, given in found
        if not leads_somewhere(app, endpoint, given)
    ]

    assert dead == []


def test_templates_named_by_views_exist():
    known = set(pages())
    named = [entry for path in source_files() for entry in rendered_templates(path)]

    assert [entry for entry in named if entry[1] not in known] == []


@pytest.mark.parametrize(
    "name", [n for n in pages() if not n.startswith(("emails/", "pdf/", "texts/"))]
)
def test_template_holds_no_inline_style_or_script(name):
    found = FORBIDDEN_BY_CSP.findall((TEMPLATES / name).read_text(encoding="utf-8"))

    assert found == []


@pytest.mark.parametrize("name", [n for n in pages() if n.endswith(".html")])
def test_every_word_of_template_can_be_translated(name):
    if name.startswith(("emails/", "texts/")):
        pytest.skip("mails are written once per language")

    assert bare_words((TEMPLATES / name).read_text(encoding="utf-8")) == []


def test_planted_dangling_references_are_found(tmp_path):
    (tmp_path / "macros.html").write_text("{% macro badge() %}{% endmacro %}")
    (tmp_path / "page.html").write_text(
        "{% extends 'gone.html' %}{% from 'macros.html' import badge, bagde %}"
        "{% import 'macros.html' as m %}{% block x %}{{ m.badge() }}{{ m.money() }}{% endblock %}"
    )

    found = dangling_references(environment(tmp_path), "page.html")

    assert found == ["page.html:1 gone.html", "page.html:1 bagde", "page.html:1 m.money"]


@pytest.mark.parametrize(
    ("endpoint", "given", "leads"),
    [
        ("static", {"filename"}, True),
        ("static", set(), False),
        ("static", None, True),
        ("desk.gone", set(), False),
    ],
)
def test_planted_dead_link_is_found(endpoint, given, leads):
    assert leads_somewhere(Flask(__name__), endpoint, given) is leads


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p style='color:red'>", True),
        ("<button onclick='go()'>", True),
        ("<script>go()</script>", True),
        ("<script src='//cdn/x.js'></script>", True),
        ("<script src=\"{{ asset('desk.js') }}\" defer></script>", False),
        ("<a href='https://example.org'>", False),
    ],
)
def test_planted_inline_style_and_script_are_found(source, found):
    assert bool(FORBIDDEN_BY_CSP.findall(source)) is found


def test_planted_bare_words_are_found():
    source = "<p title='Hint text'>{{ _('Fine') }} {{ x }} loose</p><kbd>Ctrl</kbd>"

    assert bare_words(source) == ["Hint", "text", "loose"]


def pictures(text: str) -> Iterator[tuple[str, str]]:
    """Give the tone and the picture of every badge that a page or a table of words names."""
    for call in re.finditer(r"""status\('(\w*)', _\((?:[^()]|\([^()]*\))*\), '([\w-]+)'""", text):
        yield call.group(1), call.group(2)
    for look in re.finditer(
        r"""\("(go|note|stop|know|info|)", _l?\([^()]*\)(?:, "([\w-]+)")?\)""", text
    ):
        yield look.group(1), look.group(2) or ""


def test_every_badge_has_a_known_tone_and_a_picture_we_bring_along():
    known = set((ROOT / "setup" / "icons.txt").read_text(encoding="utf-8").split())
    drawn = set()
    for path in (*template_files(), *source_files()):
        text = path.read_text(encoding="utf-8")
        known |= set(re.findall(r"""\bicon\(["']([\w-]+)["']""", text))
        drawn |= set(pictures(text))

    assert {tone for tone, _ in drawn} <= {"go", "note", "stop", "know", ""}
    assert {picture for _, picture in drawn if picture} - known == set()


def test_badges_are_found_in_pages_and_in_words():
    page = "{{ status('go', _('will come'), 'confetti') }} {{ status('stop', _('late')) }}"
    words = 'A: ("info", _l("waits")), B: ("know", _("planned"), "clock")'

    assert list(pictures(page + words)) == [("go", "confetti"), ("info", ""), ("know", "clock")]
