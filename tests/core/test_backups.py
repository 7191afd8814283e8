import os
import threading
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from clubcrm.cli.backup import backup as backup_command
from clubcrm.core import archives, backups
from clubcrm.core.clubs import ClubSetting, set_club_setting
from clubcrm.core.config import Settings
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from tests.cast import Cast


def test_backup_holds_all_acknowledged_writes(
    app: Flask, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    acknowledged: list[int] = []
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set() and len(acknowledged) < 400:
            with app.app_context(), unit_of_work():
                set_club_setting(cast.club, f"n{len(acknowledged)}", 1)
            acknowledged.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    while len(acknowledged) < 20:
        pass
    before = len(acknowledged)
    with app.app_context():
        try:
            backups.backup(settings, db.engine, tmp_path / "copy.backup")
        finally:
            stop.set()
            writer.join()
        db.engine.dispose()

        backups.restore(settings, tmp_path / "copy.backup")

        with unit_of_work(write=False) as session:
            kept = session.scalar(select(func.count()).select_from(ClubSetting))
    assert kept is not None
    assert kept >= before


def test_restore_brings_back_what_was_lost(
    app: Flask, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.backup"
    with app.app_context():
        with unit_of_work():
            set_club_setting(cast.club, "kept", "yes")
        backups.backup(settings, db.engine, copy)
        with unit_of_work():
            set_club_setting(cast.club, "kept", "changed after the backup")
        db.engine.dispose()

        backups.restore(settings, copy)

        with unit_of_work(write=False) as session:
            assert session.scalars(select(ClubSetting.value)).all() == ["yes"]


def test_pictures_and_medical_files_come_back_with_the_store(
    app: Flask, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    copy, data = tmp_path / "copy.backup", settings.data_dir
    handed_in = {"photos/ab/mia.jpg": b"her face", "medical/cd/tom.pdf": b"his heart"}
    for name, content in {**handed_in, "imports/list.csv": b"half read"}.items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(content)
    # One picture under two names, as a club's copied folder may hold it.
    os.link(data / "photos/ab/mia.jpg", data / "photos/ab/twin.jpg")
    handed_in["photos/ab/twin.jpg"] = b"her face"
    with app.app_context():
        report = backups.backup(settings, db.engine, copy)
        (data / "photos/ab/twin.jpg").unlink()
        (data / "photos/ab/mia.jpg").unlink()
        (data / "medical/cd/tom.pdf").write_bytes(b"overwritten")
        (data / "photos/ab/new.jpg").write_bytes(b"taken later")
        (data / "imports/list.csv").unlink()
        db.engine.dispose()

        backups.restore(settings, copy)

    assert report.files == 3
    assert {name: (data / name).read_bytes() for name in handed_in} == handed_in
    assert (data / "photos/ab/new.jpg").read_bytes() == b"taken later"
    assert not (data / "imports/list.csv").exists(), "what passes is no part of a backup"
    assert [one.name for one in tmp_path.glob("copy.backup*")] == ["copy.backup"]


def test_damaged_file_in_a_backup_is_found_before_anything_is_touched(
    app: Flask, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    copy, photo = tmp_path / "copy.backup", settings.data_dir / "photos/ab/mia.jpg"
    photo.parent.mkdir(parents=True, exist_ok=True)
    photo.write_bytes(b"her face")
    with app.app_context():
        backups.backup(settings, db.engine, copy)
        copy.write_bytes(copy.read_bytes().replace(b"her face", b"her fate"))
        photo.write_bytes(b"as it is today")

        with pytest.raises(DomainError, match=r"mia\.jpg is damaged") as refusal:
            backups.restore(settings, copy)

    assert refusal.value.code == "BACKUP_BROKEN"
    assert photo.read_bytes() == b"as it is today"


def test_bare_copy_of_a_store_from_earlier_versions_is_restored(
    app: Flask, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    copy, bare = tmp_path / "copy.backup", tmp_path / "bare.backup"
    with app.app_context():
        with unit_of_work():
            set_club_setting(cast.club, "kept", "yes")
        backups.backup(settings, db.engine, copy)
        archives.unpack_store(copy, bare)
        with unit_of_work():
            set_club_setting(cast.club, "kept", "changed after the backup")
        db.engine.dispose()

        backups.restore(settings, bare)

        with unit_of_work(write=False) as session:
            assert session.scalars(select(ClubSetting.value)).all() == ["yes"]


def test_broken_backup_never_touches_the_store(
    app: Flask, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.backup"
    with app.app_context():
        backups.backup(settings, db.engine, copy)
        whole = copy.read_bytes()
        copy.write_bytes(whole[: len(whole) // 2])
        with unit_of_work():
            set_club_setting(cast.club, "later", 1)

        with pytest.raises(DomainError) as refusal:
            backups.restore(settings, copy)

        assert refusal.value.code == "BACKUP_BROKEN"
        with unit_of_work(write=False) as session:
            assert session.scalars(select(ClubSetting.name)).all() == ["later"]


def test_failed_backup_keeps_the_last_good_one(
    app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.backup"
    with app.app_context():
        backups.backup(settings, db.engine, copy)
        good = copy.read_bytes()
        monkeypatch.setenv("CLUBCRM_FAILPOINT", "backup.mid:raise")

        with pytest.raises(RuntimeError):
            backups.backup(settings, db.engine, copy)

    assert copy.read_bytes() == good
    assert list(tmp_path.glob("*.part")) == []
    age = backups.hours_since_backup(settings)
    assert age is not None
    assert age < 1


def test_backup_command_says_what_it_wrote(app: Flask, tmp_path: Path) -> None:
    runner: FlaskCliRunner = app.test_cli_runner()

    answer = runner.invoke(backup_command, ["--to", str(tmp_path / "b.backup")])

    assert answer.exit_code == 0, answer.output
    assert "b.backup" in answer.output
