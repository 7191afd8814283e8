"""A person's picture is remade harmless, kept under our own name and shown to colleagues only."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.people.models import StoredFile
from clubcrm.people.portraits import LARGEST_UPLOAD, develop

SECRET = b"hidden words of the camera"


def picture(kind: str = "PNG", size: tuple[int, int] = (1200, 900)) -> bytes:
    """Return a picture with a remark of the camera inside."""
    content = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    Image.new("RGB", size, "teal").save(content, kind, exif=exif)
    return content.getvalue()


def boundless_png() -> bytes:
    """Return a tiny file that says it is a picture of 60,000 by 60,000 pixels."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(head))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
    )


def send(client, person: str, content: bytes, name: str = "me.jpg"):
    """Frank sends the picture."""
    return client.post(f"/members/{person}/photo", data={"photo": (io.BytesIO(content), name)})


def stored(app) -> list[StoredFile]:
    """Return the rows of all pictures."""
    with app.app_context(), unit_of_work(write=False):
        rows = list(db.session.scalars(select(StoredFile).order_by(StoredFile.id)))
        db.session.expunge_all()
        return rows


def files(app) -> list[Path]:
    """Return the pictures that lie in the data folder."""
    folder = app.extensions["club_settings"].data_dir / "photos"
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_is_remade_small_and_without_hidden_words(app, cast, client_of, kind):
    frank = client_of("Frank")

    answer = send(frank, cast.public["Mia"], picture(kind), "../../etc/mia.exe")

    (row,) = stored(app)
    (path,) = files(app)
    shown = frank.get(f"/photos/{row.public_id}")
    assert answer.status_code == 303
    assert path.name == f"{row.public_id}.jpg"
    assert SECRET not in path.read_bytes()
    with Image.open(path) as kept:
        assert kept.size == (720, 540)
    assert shown.data == path.read_bytes()
    assert shown.mimetype == "image/jpeg"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["Content-Disposition"].startswith("attachment")
    shown.close()


def test_new_picture_takes_the_place_of_the_old(app, cast, client_of):
    frank = client_of("Frank")
    send(frank, cast.public["Mia"], picture())
    former = stored(app)[0].public_id

    send(frank, cast.public["Mia"], picture("JPEG"))

    assert len(stored(app)) == len(files(app)) == 1
    assert frank.get(f"/photos/{former}").status_code == 404


NO_PICTURES = {
    "nothing": b"",
    "html": b"<html><script>alert(1)</script></html>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "exe": b"MZ\x90\x00 a program",
    "cut png": b"\x89PNG\r\n\x1a\n cut off",
    "polyglot": b"\xff\xd8\xff<script>alert(1)</script>",
    "webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "gif": b"GIF89a" + b"\x00" * 40,
    "huge": boundless_png(),
}


def test_what_is_no_picture_is_refused(app, cast, client_of):
    frank = client_of("Frank")

    answers = {
        kind: send(frank, cast.public["Mia"], content).status_code
        for kind, content in NO_PICTURES.items()
    }

    assert answers == dict.fromkeys(NO_PICTURES, 400)
    assert stored(app) == []
    assert files(app) == []


def test_picture_of_more_than_five_megabytes_is_refused(app, cast):
    with app.app_context(), pytest.raises(DomainError) as refusal:
        develop(b"\xff\xd8\xff" + b"\x00" * LARGEST_UPLOAD)

    assert (refusal.value.status, refusal.value.fields[0].field) == (400, "photo")


def test_program_behind_a_picture_is_left_behind(app, cast, client_of):
    send(client_of("Frank"), cast.public["Mia"], picture("JPEG") + b"<script>alert(1)</script>")

    (path,) = files(app)
    assert b"<script>" not in path.read_bytes()


def test_picture_of_another_club_is_not_shown(app, cast, client_of):
    send(client_of("Frank"), cast.public["Mia"], picture())
    (row,) = stored(app)

    assert client_of("Zoe").get(f"/photos/{row.public_id}").status_code == 404
    assert app.test_client().get(f"/photos/{row.public_id}").status_code == 302


def test_colleague_of_another_club_cannot_change_the_picture(app, cast, client_of):
    answer = send(client_of("Zoe"), cast.public["Mia"], picture())

    assert answer.status_code == 404
    assert files(app) == []
