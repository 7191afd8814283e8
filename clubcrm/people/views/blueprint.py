"""Views room: the blueprint of the pages about people."""

from flask import Blueprint

from clubcrm.people.rules.contacts import phone_shown

people = Blueprint("people", __name__)
people.add_app_template_filter(phone_shown, "phone")
