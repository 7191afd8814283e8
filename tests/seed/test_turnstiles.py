from sqlalchemy import select

from access_control.models import Device
from clubcrm.cli.turnstiles import posts
from clubcrm.core.db import db


def test_every_club_has_a_busy_or_quiet_turnstile(grown: dict[str, int]) -> None:
    listed = posts()

    assert [post.serial for post in listed] == [
        "DEMO-DHK-1",
        "DEMO-PTN-1",
        "DEMO-ALA-1",
        "DEMO-BER-1",
    ]
    assert [post.rate for post in listed] == [5.0, 1.2, 1.2, 1.2]
    claimed = set(db.session.scalars(select(Device.serial).where(Device.claimed.is_(True))))
    assert {post.serial for post in listed} <= claimed
    assert all(pin.isdigit() for post in listed for pin in post.pins)
