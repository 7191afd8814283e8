"""Views room: photographs of products, for the till and the pages of the stock."""

from flask import Blueprint, Response, send_file
from flask_babel import gettext as _

from bar_inventory.catalogue.picture_queries import picture_for
from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import picture_file
from memberships.permissions import USE_TILL

bar_pictures = Blueprint("bar_pictures", __name__)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=86400, immutable",
}


@bar_pictures.get("/till/pictures/<picture_id>")
@require(USE_TILL)
def show(picture_id: str) -> Response:
    """The picture of a product that one's clubs sell."""
    stored = picture_for(current_actor().scope, picture_id)
    path = picture_file(stored) if stored else None
    if stored is None or path is None or not path.is_file():
        raise not_found(_("There is no such picture."))
    answer = send_file(path, mimetype=stored.media_type, download_name="product.jpg", etag=False)
    answer.headers.update(HEADERS)
    return answer
