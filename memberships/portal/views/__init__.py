"""Views of a member's own pages by link, and of his questions at the desk.

Importing this folder hangs every own page on its blueprint.
"""

from memberships.portal.views import address, cards, entry, notice, offer, own, sign_in
from memberships.portal.views.frame import portal

__all__ = ["address", "cards", "entry", "notice", "offer", "own", "portal", "sign_in"]
