"""Settings read once from the environment; a wrong value ends the process with its name."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from clubcrm.core.channel_settings import CHANNEL_SETTINGS, wrong_channel_setting

ENVIRONMENTS = ("production", "development", "test")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SAMPLE_KEYS = ("changeme", "change-me", "secret", "dev", "example", "sample", "default")
SHORTEST_KEY = 32
# Keys of the gateways that take money for the club and of the tax office that hears of bills, and
# their addresses when not the usual ones.
GATEWAY_SETTINGS = (
    "CLUBCRM_BKASH_KEY",
    "CLUBCRM_BKASH_NEWS_URL",
    "CLUBCRM_BKASH_PASSWORD",
    "CLUBCRM_BKASH_SECRET",
    "CLUBCRM_BKASH_TOPIC",
    "CLUBCRM_BKASH_URL",
    "CLUBCRM_BKASH_USER",
    "CLUBCRM_CBMS_PAN",
    "CLUBCRM_CBMS_PASSWORD",
    "CLUBCRM_CBMS_URL",
    "CLUBCRM_CBMS_USER",
    "CLUBCRM_ESEWA_KEY",
    "CLUBCRM_ESEWA_PRODUCT",
    "CLUBCRM_ESEWA_URL",
    "CLUBCRM_KHALTI_KEY",
    "CLUBCRM_KHALTI_URL",
    "CLUBCRM_SSLCOMMERZ_PASSWORD",
    "CLUBCRM_SSLCOMMERZ_STORE",
    "CLUBCRM_SSLCOMMERZ_URL",
    "CLUBCRM_STRIPE_KEY",
    "CLUBCRM_STRIPE_URL",
    "CLUBCRM_STRIPE_WEBHOOK_SECRET",
)
LOOPBACKS = ("localhost", "127.0.0.1", "::1")


class SettingError(SystemExit):
    """A setting is missing or wrong; the process ends with its name and what is expected."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}: {expected}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the process takes from its surroundings."""

    env: str
    data_dir: Path
    database_url: str
    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(repr=False, default=())
    public_url: str = ""
    trusted_proxies: int = 0
    smtp_url: str = field(repr=False, default="")
    mail_from: str = ""
    log_level: str = "INFO"
    failpoint: str = ""
    metrics_token: str = field(repr=False, default="")
    gateways: Mapping[str, str] = field(repr=False, default_factory=dict)
    channels: Mapping[str, str] = field(repr=False, default_factory=dict)

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the store is the embedded one."""
        return self.database_url.startswith("sqlite")

    @property
    def secure_cookies(self) -> bool:
        """Tell whether the site is served under TLS, so that cookies may be marked Secure."""
        return self.public_url.startswith("https://")


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the environment; raises SettingError naming the first wrong one."""
    source = os.environ if environ is None else environ
    env = _one_of(source, "CLUBCRM_ENV", ENVIRONMENTS, "production")
    data_dir = Path(_text(source, "CLUBCRM_DATA_DIR", "var")).expanduser().resolve()
    failpoint = source.get("CLUBCRM_FAILPOINT", "")
    if failpoint and env != "test":
        raise SettingError("CLUBCRM_FAILPOINT", "is allowed only with CLUBCRM_ENV=test")
    return Settings(
        env=env,
        data_dir=data_dir,
        database_url=_database_url(source, data_dir),
        secret_key=_secret_key(source, data_dir),
        secret_key_fallbacks=tuple(
            key for key in _text(source, "CLUBCRM_SECRET_KEY_FALLBACKS", "").split(",") if key
        ),
        public_url=_public_url(source),
        trusted_proxies=_whole(source, "CLUBCRM_TRUSTED_PROXIES", 0, 5),
        smtp_url=_smtp_url(source),
        mail_from=_text(source, "CLUBCRM_MAIL_FROM", "ClubCRM <club@localhost>"),
        log_level=_one_of(source, "CLUBCRM_LOG_LEVEL", LOG_LEVELS, "INFO"),
        failpoint=failpoint,
        metrics_token=_text(source, "CLUBCRM_METRICS_TOKEN", ""),
        gateways=_gateways(source),
        channels=_channels(source),
    )


def _text(source: Mapping[str, str], name: str, default: str) -> str:
    path = source.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingError(
                f"{name}_FILE", f"expected a readable file, got {path!r} ({error.strerror})"
            ) from error
    return source.get(name, "").strip() or default


def _one_of(source: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = _text(source, name, default)
    if value not in allowed:
        raise SettingError(name, f"expected one of {', '.join(allowed)}, got {value!r}")
    return value


def _whole(source: Mapping[str, str], name: str, default: int, most: int) -> int:
    value = _text(source, name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) > most:
        raise SettingError(name, f"expected a whole number from 0 to {most}, got {value!r}")
    return int(value)


def _database_url(source: Mapping[str, str], data_dir: Path) -> str:
    url = _text(source, "CLUBCRM_DATABASE_URL", "")
    if not url:
        data_dir.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{data_dir / 'clubcrm.sqlite3'}"
    scheme = url.split(":", 1)[0]
    if scheme in {"postgres", "postgresql"}:
        return "postgresql+psycopg:" + url.split(":", 1)[1]
    if scheme not in {"sqlite", "postgresql+psycopg"}:
        raise SettingError(
            "CLUBCRM_DATABASE_URL", f"expected sqlite:///... or postgresql://..., got {scheme}:..."
        )
    return url


def _secret_key(source: Mapping[str, str], data_dir: Path) -> str:
    key = _text(source, "CLUBCRM_SECRET_KEY", "")
    if not key:
        return _kept_key(data_dir)
    if len(key) < SHORTEST_KEY or any(key.lower().startswith(word) for word in SAMPLE_KEYS):
        raise SettingError(
            "CLUBCRM_SECRET_KEY", f"expected at least {SHORTEST_KEY} random characters"
        )
    return key


def _kept_key(data_dir: Path) -> str:
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    key = path.read_text(encoding="utf-8").strip()
    if len(key) < SHORTEST_KEY:
        raise SettingError("CLUBCRM_SECRET_KEY", f"{path} is damaged: remove it or set the key")
    return key


def _public_url(source: Mapping[str, str]) -> str:
    url = _text(source, "CLUBCRM_PUBLIC_URL", "").rstrip("/")
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc):
        raise SettingError("CLUBCRM_PUBLIC_URL", f"expected https://host, got {url!r}")
    return url


def _smtp_url(source: Mapping[str, str]) -> str:
    url = _text(source, "CLUBCRM_SMTP_URL", "")
    if url and (urlsplit(url).scheme not in {"smtp", "smtps"} or not urlsplit(url).hostname):
        raise SettingError("CLUBCRM_SMTP_URL", "expected smtp://user:password@host:port")
    return url


def _gateways(source: Mapping[str, str]) -> dict[str, str]:
    found = {name: _text(source, name, "") for name in GATEWAY_SETTINGS}
    for name, value in found.items():
        if name.endswith("_URL") and value:
            parts = urlsplit(value)
            local = parts.scheme == "http" and parts.hostname in LOOPBACKS
            if not parts.netloc or (parts.scheme != "https" and not local):
                raise SettingError(name, "expected https://host")
            found[name] = value.rstrip("/")
    topic = found["CLUBCRM_BKASH_TOPIC"]
    if topic and (not topic.startswith("arn:aws:sns:") or topic.count(":") != 5):
        raise SettingError("CLUBCRM_BKASH_TOPIC", "expected arn:aws:sns:region:account:name")
    return {name: value for name, value in found.items() if value}


def _channels(source: Mapping[str, str]) -> dict[str, str]:
    found = {name: _text(source, name, "") for name in CHANNEL_SETTINGS}
    found = {name: value for name, value in found.items() if value}
    wrong = wrong_channel_setting(found)
    if wrong is not None:
        raise SettingError(*wrong)
    return found
