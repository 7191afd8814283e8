"""Languages: which ones exist, which one a reader gets, and the catalogues behind gettext."""

from collections.abc import Mapping

from babel import Locale, UnknownLocaleError
from flask import Flask, has_request_context, request
from flask_babel import Babel

from clubcrm.core.paths import translations_folder
from clubcrm.core.policy import current_actor

# What each language that the product speaks is called in itself.
OWN_NAMES: Mapping[str, str] = {"en": "English", "bn": "বাংলা", "ne": "नेपाली", "ru": "русский"}
LANGUAGES = tuple(OWN_NAMES)
babel = Babel()


def install(app: Flask) -> None:
    """Texts, numbers and dates of the app follow the reader's locale."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(translations_folder()))
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "UTC")
    babel.init_app(app, locale_selector=choose_locale)


def choose_locale() -> str:
    """Return the reader's own locale, else the best the browser asks for, else English."""
    if not has_request_context():
        return "en"
    own = current_actor().locale
    if own and is_locale(own):
        return own
    return request.accept_languages.best_match(LANGUAGES) or "en"


def is_locale(name: str) -> bool:
    """Tell whether the name is a locale we know the formats of."""
    try:
        Locale.parse(name, sep="_" if "_" in name else "-")
    except (UnknownLocaleError, ValueError):
        return False
    return True
