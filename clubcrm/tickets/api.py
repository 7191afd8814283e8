"""The door to tickets and articles for upper floors."""

from clubcrm.tickets.answering import answer
from clubcrm.tickets.article_queries import Reader, search
from clubcrm.tickets.articles import ArticleDraft, rewrite, write_article
from clubcrm.tickets.services import Opening, Said, Work, close, go_on, note, open_ticket, solve
from clubcrm.tickets.steering import assign, escalate, set_priority

__all__ = [
    "ArticleDraft",
    "Opening",
    "Reader",
    "Said",
    "Work",
    "answer",
    "assign",
    "close",
    "escalate",
    "go_on",
    "note",
    "open_ticket",
    "rewrite",
    "search",
    "set_priority",
    "solve",
    "write_article",
]
