"""Views room of people: lists, forms, consent, pictures, import pages and the JSON door."""

from clubcrm.people.views import (
    about,
    about_api,
    addresses,
    contacts_api,
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
    peace_api,
    photo_api,
    privacy,
    privacy_api,
    remarks_api,
    tables,
    ties_api,
)
from clubcrm.people.views.addresses_api import addresses_api
from clubcrm.people.views.api import api
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.clean_api import clean_api

__all__ = [
    "about",
    "about_api",
    "addresses",
    "addresses_api",
    "api",
    "clean_api",
    "contacts_api",
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
    "peace_api",
    "people",
    "photo_api",
    "privacy",
    "privacy_api",
    "remarks_api",
    "tables",
    "ties_api",
]
