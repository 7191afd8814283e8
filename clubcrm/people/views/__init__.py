"""Views room of people: lists, forms, consent, pictures, import pages and the JSON door."""

from clubcrm.people.views import about, about_api, details, editing, importing, lists, peace
from clubcrm.people.views.api import api
from clubcrm.people.views.blueprint import people

__all__ = [
    "about",
    "about_api",
    "api",
    "details",
    "editing",
    "importing",
    "lists",
    "peace",
    "people",
]
