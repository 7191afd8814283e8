"""Queries room: the search for articles, one article with its versions, ready answers.

Words are looked up by their beginnings; what holds all of them comes first, those that name it in
the title before others. Where nothing begins so, middles of words count, and then slips.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.text import like_literal
from clubcrm.people.rules.slips import MOST_CANDIDATES, SHORTEST, likely_words
from clubcrm.tickets.models import (
    Article,
    ArticleText,
    ArticleVersion,
    ArticleWord,
    CannedAnswer,
)
from clubcrm.tickets.rules.finding import best_first, typed_words

# No text begins with this code point, so [word, word + END) holds all texts that begin with word.
END = "\U0010ffff"
MOST_SHOWN, MOST_FOUND = 200, 2000
LENGTH_OF_EXCERPT = 160


@dataclass(frozen=True, slots=True)
class Hit:
    """An article as a list shows it, in the language nearest to its reader."""

    public_id: str
    language: str
    title: str
    excerpt: str
    for_members: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks for articles: his clubs, his languages by preference, and whether he is staff."""

    scope: Scope
    languages: tuple[str, ...]
    is_staff: bool = True

    def may_read(self) -> ColumnElement[bool]:
        """Return the condition that an article is for this reader."""
        here = or_(Article.club_id.is_(None), Article.club_id.in_(self.scope.club_ids))
        shown = and_(here, Article.is_active.is_(True))
        return shown if self.is_staff else and_(shown, Article.for_members.is_(True))


def search(reader: Reader, typed: str, limit: int = 20) -> list[Hit]:
    """Return the articles that say every word, best first; all of them when nothing is typed."""
    words = typed_words(typed)
    if not words:
        return newest(reader, limit)
    found = _beginning(reader, words) or _containing(reader, words) or _slipped(reader, words)
    return _hits(reader, found[:limit], words)


def newest(reader: Reader, limit: int = MOST_SHOWN) -> list[Hit]:
    """Return the articles of the house, those written last first."""
    ids = db.session.scalars(
        select(Article.id).where(reader.may_read()).order_by(Article.id.desc()).limit(limit)
    ).all()
    return _hits(reader, list(ids), [])


def article_for(reader: Reader, public_id: str, *, retired: bool = False) -> Article | None:
    """Return an article that the reader may see; a retired one only where it is asked for."""
    here = or_(Article.club_id.is_(None), Article.club_id.in_(reader.scope.club_ids))
    may = here if retired else reader.may_read()
    return db.session.scalars(select(Article).where(may, Article.public_id == public_id)).first()


def spoken(article_id: int) -> dict[str, ArticleVersion]:
    """Return what an article says now, by language."""
    rows = db.session.scalars(
        select(ArticleVersion)
        .join(ArticleText, ArticleText.version_id == ArticleVersion.id)
        .where(ArticleText.article_id == article_id)
        .order_by(ArticleVersion.language)
    )
    return {row.language: row for row in rows}


def versions(article_id: int, language: str) -> Sequence[ArticleVersion]:
    """Return the versions of an article in a language, the newest first."""
    return db.session.scalars(
        select(ArticleVersion)
        .where(ArticleVersion.article_id == article_id, ArticleVersion.language == language)
        .order_by(ArticleVersion.version.desc())
    ).all()


def nearest(languages: Sequence[str], known: Sequence[str]) -> str:
    """Return the first wished language in which there are words, else English, else any."""
    for wish in (*languages, "en"):
        if wish in known:
            return wish
    return min(known, default="en")


def canned(languages: Sequence[str]) -> list[CannedAnswer]:
    """Return the ready answers, those in the first of the languages before others."""
    rows = db.session.scalars(
        select(CannedAnswer).where(CannedAnswer.is_active.is_(True)).order_by(CannedAnswer.title)
    )
    order = {language: rank for rank, language in enumerate(languages)}
    return sorted(rows, key=lambda one: order.get(one.language, len(order)))


def canned_with(public_id: str) -> CannedAnswer | None:
    """Return a ready answer by its public id."""
    return db.session.scalars(
        select(CannedAnswer).where(
            CannedAnswer.public_id == public_id, CannedAnswer.is_active.is_(True)
        )
    ).first()


def _beginning(reader: Reader, words: Sequence[str]) -> list[int]:
    found: list[tuple[int, str, str, int]] = []
    for word in words:
        rows = db.session.execute(
            select(ArticleWord.article_id, ArticleWord.word, ArticleWord.weight)
            .join(Article, Article.id == ArticleWord.article_id)
            .where(reader.may_read(), ArticleWord.word >= word, ArticleWord.word < word + END)
            .order_by(ArticleWord.weight.desc(), ArticleWord.article_id)
            .limit(MOST_FOUND)
        )
        found += [(article, word, held, weight) for article, held, weight in rows]
    return best_first(found, words)


def _containing(reader: Reader, words: Sequence[str]) -> list[int]:
    inside = [
        ArticleText.search_text.like(f"%{like_literal(word)}%", escape="\\") for word in words
    ]
    chosen: Select[int] = (
        select(ArticleText.article_id)
        .join(Article, Article.id == ArticleText.article_id)
        .where(reader.may_read(), *inside)
        .group_by(ArticleText.article_id)
        .order_by(ArticleText.article_id)
        .limit(MOST_SHOWN)
    )
    return list(db.session.scalars(chosen))


def _slipped(reader: Reader, words: Sequence[str]) -> list[int]:
    found: list[tuple[int, str, str, int]] = []
    for word in words:
        meant = _meant(word)
        rows = db.session.execute(
            select(ArticleWord.article_id, ArticleWord.word, ArticleWord.weight)
            .join(Article, Article.id == ArticleWord.article_id)
            .where(reader.may_read(), ArticleWord.word.in_(meant))
            .limit(MOST_FOUND)
        )
        found += [(article, word, held, weight) for article, held, weight in rows]
    return best_first(found, words)


def _meant(word: str) -> list[str]:
    if len(word) < SHORTEST:
        return [word]
    candidates = db.session.scalars(
        select(ArticleWord.word)
        .where(ArticleWord.word >= word[0], ArticleWord.word < word[0] + END)
        .distinct()
        .order_by(ArticleWord.word)
        .limit(MOST_CANDIDATES)
    )
    return likely_words(word, candidates)


def _hits(reader: Reader, ids: Sequence[int], words: Sequence[str]) -> list[Hit]:
    rows = db.session.execute(
        select(Article, ArticleVersion)
        .join(ArticleText, ArticleText.article_id == Article.id)
        .join(ArticleVersion, ArticleVersion.id == ArticleText.version_id)
        .where(Article.id.in_(ids))
    ).all()
    by_article: dict[int, dict[str, tuple[Article, ArticleVersion]]] = {}
    for article, version in rows:
        by_article.setdefault(article.id, {})[version.language] = (article, version)
    found = []
    for one in ids:
        if one in by_article:
            texts = by_article[one]
            article, version = texts[nearest(reader.languages, list(texts))]
            found.append(
                Hit(
                    article.public_id,
                    version.language,
                    version.title,
                    _excerpt(version.words, words),
                    article.for_members,
                    version.at,
                )
            )
    return found


def _excerpt(text: str, words: Sequence[str]) -> str:
    """Return some words around the first one that was looked for."""
    line = " ".join(text.split())
    lower = line.casefold()
    at = min((lower.find(word) for word in words if word in lower), default=0)
    begins = max(0, line.rfind(" ", 0, max(0, at - LENGTH_OF_EXCERPT // 3)) + 1)
    cut = line[begins : begins + LENGTH_OF_EXCERPT]
    return f"{'…' if begins else ''}{cut}{'…' if begins + LENGTH_OF_EXCERPT < len(line) else ''}"
