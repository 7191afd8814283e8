"""Settings: read once, wrong ones end the process with their name, secrets never show."""

import stat

import pytest

from clubcrm.core.config import SettingError, read_settings

KEY = "j7Qd0v6mJxkq3n2Zr8sWb1uYc5eTfGhL"


def read(tmp_path, **more):
    return read_settings({"CLUBCRM_DATA_DIR": str(tmp_path), **more})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLUBCRM_ENV", "prod"),
        ("CLUBCRM_SECRET_KEY", "short"),
        ("CLUBCRM_SECRET_KEY", "changeme-changeme-changeme-changeme"),
        ("CLUBCRM_DATABASE_URL", "mysql://root@localhost/club"),
        ("CLUBCRM_PUBLIC_URL", "club.example"),
        ("CLUBCRM_TRUSTED_PROXIES", "many"),
        ("CLUBCRM_TRUSTED_PROXIES", "-1"),
        ("CLUBCRM_TRUSTED_PROXIES", "٣"),
        ("CLUBCRM_SMTP_URL", "http://mail.example"),
        ("CLUBCRM_LOG_LEVEL", "LOUD"),
        ("CLUBCRM_FAILPOINT", "batch.mid:crash"),
        ("CLUBCRM_SECRET_KEY_FILE", "/nowhere/at/all"),
    ],
)
def test_wrong_setting_ends_the_process_with_its_name(tmp_path, name, value):
    with pytest.raises(SettingError) as end:
        read(tmp_path, **{name: value})

    assert str(end.value).startswith(name.removesuffix("_FILE"))


def test_missing_key_is_made_once_and_kept_private(tmp_path):
    first, second = read(tmp_path).secret_key, read(tmp_path).secret_key

    kept = tmp_path / "secret_key"
    assert first == second == kept.read_text()
    assert len(first) >= 32
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_secret_may_come_from_a_file(tmp_path):
    secret = tmp_path / "key.txt"
    secret.write_text(KEY + "\n")

    assert read(tmp_path, CLUBCRM_SECRET_KEY_FILE=str(secret)).secret_key == KEY


def test_secrets_do_not_show_when_settings_are_printed(tmp_path):
    shown = repr(
        read(
            tmp_path,
            CLUBCRM_SECRET_KEY=KEY,
            CLUBCRM_SMTP_URL="smtp://club:hunter2@mail.example:25",
            CLUBCRM_METRICS_TOKEN="scraper",
        )
    )

    assert KEY not in shown
    assert "hunter2" not in shown
    assert "scraper" not in shown


def test_production_is_the_default_and_debug_is_off(tmp_path):
    assert read(tmp_path).env == "production"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgres_addresses_get_the_right_driver(tmp_path, scheme):
    url = read(tmp_path, CLUBCRM_DATABASE_URL=f"{scheme}://club@db/club").database_url

    assert url == "postgresql+psycopg://club@db/club"
