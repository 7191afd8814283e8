"""Views room of people: lists, forms, consent, pictures, import pages and the JSON door."""

from clubcrm.people.views import (
    about,
    about_api,
    details,
    documents,
    editing,
    handover,
    history,
    importing,
    imports_api,
    lists,
    merging,
    papers_api,
    peace,
    privacy,
    privacy_api,
    tables,
)
from clubcrm.people.views.api import api
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.clean_api import clean_api

__all__ = [
    "about",
    "about_api",
    "api",
    "clean_api",
    "details",
    "documents",
    "editing",
    "handover",
    "history",
    "importing",
    "imports_api",
    "lists",
    "merging",
    "papers_api",
    "peace",
    "people",
    "privacy",
    "privacy_api",
    "tables",
]
