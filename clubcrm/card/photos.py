"""Queries room: where the browser finds somebody's photo."""

from flask import current_app, url_for

PHOTO_ENDPOINT = "people.photo"


def photo_address(photo_id: str) -> str:
    """Return the address of a stored photo, empty when there is none."""
    if not photo_id or PHOTO_ENDPOINT not in current_app.view_functions:
        return ""
    return url_for(PHOTO_ENDPOINT, photo_id=photo_id)
