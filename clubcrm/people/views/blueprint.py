"""Views room: the blueprint of the pages about people."""

from flask import Blueprint

people = Blueprint("people", __name__)
