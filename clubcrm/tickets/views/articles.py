"""Views room: articles: the search at the counter, one to read, its editor and versions."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.accounts.forms import languages
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.tickets import article_queries as queries
from clubcrm.tickets import articles as services
from clubcrm.tickets.articles import ArticleDraft
from clubcrm.tickets.models import Article
from clubcrm.tickets.permissions import EDIT_ARTICLES, SEE_TICKETS
from clubcrm.tickets.queries import names_of
from clubcrm.tickets.views.pages import reader_now

articles = Blueprint("articles", __name__, url_prefix="/articles")
IN_THE_BOX = 8


@articles.get("")
@require(SEE_TICKETS)
def index() -> ResponseReturnValue:
    """All articles, or those that answer what was typed."""
    typed = _typed()
    hits = queries.search(reader_now(), typed, queries.MOST_SHOWN)
    return render_template("clubcrm/tickets/articles.html", hits=hits, typed=typed)


@articles.get("/found")
@require(SEE_TICKETS)
def found() -> str:
    """Articles that answer what is being typed, as lines under a box."""
    typed = _typed()
    hits = queries.search(reader_now(), typed, IN_THE_BOX) if len(typed) > 1 else []
    return render_template("clubcrm/tickets/_found.html", hits=hits, typed=typed)


@articles.route("/new", methods=["GET", "POST"])
@require(EDIT_ARTICLES)
def new() -> ResponseReturnValue:
    """A new article, in one language first."""
    draft = _draft() if request.method == "POST" else ArticleDraft(_language(), _typed(), "")
    if request.method == "GET":
        return _editor(None, draft)
    club_id = current_club().id if request.form.get("only_here") == "1" else None
    try:
        article = services.write_article(draft, club_id, by=current_actor().ref)
    except DomainError as error:
        return _editor(None, draft, error)
    flash(_("Saved. It is found from now on."), "success")
    return _to(article, draft.language)


@articles.get("/<public_id>")
@require(SEE_TICKETS)
def show(public_id: str) -> ResponseReturnValue:
    """One article, in the language asked for or the reader's own."""
    article = _article(public_id)
    spoken = queries.spoken(article.id)
    wished = request.args.get("language", "")
    language = queries.nearest((wished, *reader_now().languages), list(spoken))
    return render_template(
        "clubcrm/tickets/article.html",
        article=article,
        version=spoken[language],
        spoken=spoken,
        languages=languages(),
        names=names_of([spoken[language].by]),
    )


@articles.get("/<public_id>/versions/<language>")
@require(SEE_TICKETS)
def versions(public_id: str, language: str) -> ResponseReturnValue:
    """Every version of an article in one language, the newest first."""
    article = _article(public_id)
    rows = queries.versions(article.id, language)
    if not rows:
        raise not_found(_("There is no such article."))
    names = names_of([one.by for one in rows])
    return render_template("clubcrm/tickets/versions.html", article=article, rows=rows, names=names)


@articles.route("/<public_id>/edit", methods=["GET", "POST"])
@require(EDIT_ARTICLES)
def edit(public_id: str) -> ResponseReturnValue:
    """A new version in one of the languages."""
    article = _article(public_id)
    if request.method == "GET":
        return _editor(article, _present(article, _language()))
    draft = _draft()
    try:
        services.rewrite(article, draft, by=current_actor().ref)
    except DomainError as error:
        return _editor(article, draft, error)
    flash(_("Saved as a new version."), "success")
    return _to(article, draft.language)


@articles.post("/<public_id>/retire")
@require(EDIT_ARTICLES)
def retire(public_id: str) -> ResponseReturnValue:
    """The article is out of sight, or found again."""
    article = _article(public_id)
    services.set_active(article, active=not article.is_active, by=current_actor().ref)
    flash(_("Found again.") if article.is_active else _("Out of sight. It can be brought back."))
    return redirect(url_for("articles.show", public_id=public_id), 303)


def _article(public_id: str) -> Article:
    may_edit = current_actor().may(EDIT_ARTICLES)
    found = queries.article_for(reader_now(), public_id, retired=may_edit)
    if found is None:
        raise not_found(_("There is no such article."))
    return found


def _present(article: Article, language: str) -> ArticleDraft:
    version = queries.spoken(article.id).get(language)
    if version is None:
        return ArticleDraft(language, "", "", article.for_members)
    return ArticleDraft(
        language, version.title, version.words, article.for_members, version.version
    )


def _draft() -> ArticleDraft:
    form = request.form
    version = form.get("version", "0")
    return ArticleDraft(
        form.get("language", ""),
        form.get("title", ""),
        form.get("words", ""),
        form.get("for_members") == "1",
        int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
    )


def _editor(
    article: Article | None, draft: ArticleDraft, error: DomainError | None = None
) -> ResponseReturnValue:
    page = render_template(
        "clubcrm/tickets/article_edit.html",
        article=article,
        draft=draft,
        languages=languages(),
        spoken=queries.spoken(article.id) if article else {},
        faults={one.field: str(one.message) for one in error.fields} if error else {},
        refusal=error.text if error and not error.fields else "",
    )
    return page, error.status if error else 200


def _language() -> str:
    asked = request.args.get("language", "")
    return asked if asked in LANGUAGES else reader_now().languages[0]


def _typed() -> str:
    return request.args.get("q", "").strip()[:80]


def _to(article: Article, language: str) -> ResponseReturnValue:
    address = url_for("articles.show", public_id=article.public_id, language=language)
    return redirect(address, 303)
