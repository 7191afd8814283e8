"""Services room: articles in versions and languages, and ready answers."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.text import clean, fold
from clubcrm.tickets.models import (
    Article,
    ArticleText,
    ArticleVersion,
    ArticleWord,
    CannedAnswer,
)
from clubcrm.tickets.rules.finding import weights_of

LONGEST_ARTICLE, LONGEST_TITLE = 10_000, 200


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """What somebody wrote; `version` is the one he had before him, 0 for the first."""

    language: str
    title: str
    words: str
    for_members: bool = False
    version: int = 0


def write_article(draft: ArticleDraft, club_id: int | None, *, by: str) -> Article:
    """The article exists and is found by its words."""
    ready = _checked(draft)
    article = Article(club_id=club_id, for_members=ready.for_members, created_by=by)
    db.session.add(article)
    db.session.flush()
    _say(article, ready, by)
    return article


def rewrite(article: Article, draft: ArticleDraft, *, by: str) -> ArticleVersion:
    """A new version speaks in its language; earlier ones stay as they are.

    Raises STALE when somebody has written another version meanwhile.
    """
    ready = _checked(draft)
    newest = newest_version(article.id, ready.language)
    if newest != draft.version:
        raise DomainError("STALE", _("Somebody has changed this article meanwhile. Look again."))
    article.for_members = ready.for_members
    return _say(article, ready, by)


def set_active(article: Article, *, active: bool, by: str) -> None:
    """The article is found, or kept out of sight with all its versions."""
    article.is_active = active
    db.session.flush()
    audit.note("article.active" if active else "article.retired", "article", article.id, by=by)


def newest_version(article_id: int, language: str) -> int:
    """Return the number of the newest version in a language, 0 when there is none."""
    found = db.session.scalar(
        select(func.max(ArticleVersion.version)).where(
            ArticleVersion.article_id == article_id, ArticleVersion.language == language
        )
    )
    return found or 0


def save_canned(
    known: CannedAnswer | None, title: str, language: str, words: str, *, by: str
) -> CannedAnswer:
    """The ready answer can be chosen; raises INVALID_INPUT naming what is missing or taken."""
    faults, ready = {}, {"title": "", "words": ""}
    for name, value, longest in (("title", title, 80), ("words", words, 4000)):
        ready[name] = clean(value, name, longest=longest, lines=name == "words")
        if not ready[name]:
            faults[name] = _("This is needed.")
    if language not in LANGUAGES:
        faults["language"] = _("Choose a language.")
    taken = select(CannedAnswer.id).where(
        CannedAnswer.title == ready["title"],
        CannedAnswer.language == language,
        CannedAnswer.id != (known.id if known else 0),
    )
    if not faults and db.session.scalar(taken):
        faults["title"] = _("There is a ready answer of this name already.")
    if faults:
        raise invalid(faults)
    names = ("title", "language", "words")
    before = {name: getattr(known, name) for name in names} if known else None
    row = known or CannedAnswer(title="", language=language, words="")
    row.title, row.language, row.words = ready["title"], language, ready["words"]
    row.changed_at = clock.now()
    db.session.add(row)
    db.session.flush()
    audit.note("canned.saved", "canned_answer", row.id, before=before, after=dict(ready), by=by)
    return row


def drop_canned(row: CannedAnswer, *, by: str) -> None:
    """The ready answer is offered no more."""
    row.is_active = False
    db.session.flush()
    before = {"title": row.title, "words": row.words}
    audit.note("canned.dropped", "canned_answer", row.id, before=before, by=by)


def _checked(draft: ArticleDraft) -> ArticleDraft:
    title = clean(draft.title, "title", longest=LONGEST_TITLE)
    words = clean(draft.words, "words", longest=LONGEST_ARTICLE, lines=True)
    faults = {
        name: _("This is needed.")
        for name, value in (("title", title), ("words", words))
        if not value
    }
    if draft.language not in LANGUAGES:
        faults["language"] = _("Choose a language.")
    if faults:
        raise invalid(faults)
    return ArticleDraft(draft.language, title, words, draft.for_members, draft.version)


def _say(article: Article, draft: ArticleDraft, by: str) -> ArticleVersion:
    version = ArticleVersion(
        article_id=article.id,
        language=draft.language,
        version=newest_version(article.id, draft.language) + 1,
        title=draft.title,
        words=draft.words,
        by=by,
    )
    db.session.add(version)
    db.session.flush()
    spoken = db.session.get(ArticleText, (article.id, draft.language))
    told = db.session.get(ArticleVersion, spoken.version_id) if spoken else None
    if spoken is None:
        spoken = ArticleText(article_id=article.id, language=draft.language)
        db.session.add(spoken)
    spoken.version_id = version.id
    spoken.search_text = fold(f"{draft.title} {draft.words}")
    db.session.execute(
        delete(ArticleWord).where(
            ArticleWord.article_id == article.id, ArticleWord.language == draft.language
        )
    )
    rows = [
        {"article_id": article.id, "language": draft.language, "word": word, "weight": weight}
        for word, weight in weights_of(draft.title, draft.words).items()
    ]
    db.session.flush()
    if rows:
        db.session.execute(insert(ArticleWord), rows)
    audit.note(
        "article.written",
        "article",
        article.id,
        before={"version": told.version, "title": told.title} if told else None,
        after={"language": draft.language, "version": version.version, "title": draft.title},
        by=by,
    )
    return version
