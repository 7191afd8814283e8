"""Services room: files that came with mails lie in the data folder, under names of our own."""

from collections.abc import Iterable
from pathlib import Path

from flask import current_app

from clubcrm.core.types import JsonObject, new_public_id
from clubcrm.messaging.rules.attached import Attached, Judged, judge, shown_name

FOLDER = "attachments"


def put_away(files: Iterable[Attached]) -> list[JsonObject]:
    """Files that may be kept are kept; returns name, size and place of each, or why it is not."""
    return [_put(one) for one in judge(files)]


def file_at(path: str) -> Path:
    """Return where a kept file lies."""
    folder: Path = current_app.extensions["club_settings"].data_dir
    return folder / path


def _put(one: Judged) -> JsonObject:
    told: JsonObject = {"name": shown_name(one.file.name), "size": len(one.file.content)}
    if one.left_out is not None:
        return {**told, "left_out": one.left_out.value}
    name = new_public_id()
    path = f"{FOLDER}/{name[:2]}/{name}.{one.ending}"
    target = file_at(path)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.write_bytes(one.file.content)
    target.chmod(0o600)
    return {**told, "path": path, "media_type": one.media_type}
