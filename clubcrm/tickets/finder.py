"""Queries room: articles that answer what is typed, for the search box."""

from flask import url_for
from flask_babel import get_locale

from clubcrm.core.clubs import Scope
from clubcrm.core.finding import Found
from clubcrm.tickets.article_queries import Reader, search


def articles(scope: Scope, typed: str, most: int) -> list[Found]:
    """Return the articles that say every word, in the language of the page where there is one."""
    reader = Reader(scope, (str(get_locale() or "en").partition("_")[0],))
    return [
        Found(hit.title, hit.excerpt, url_for("articles.show", public_id=hit.public_id), "book")
        for hit in search(reader, typed, most)
    ]
