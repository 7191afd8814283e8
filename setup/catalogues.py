"""Bring the message catalogues up to date with the texts of code and pages (`make catalogues`).

The source texts are the English ones; every other language has a catalogue in
clubcrm/translations. New texts arrive untranslated, texts that are gone leave.
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "clubcrm" / "translations"
LANGUAGES = ("bn", "ne", "ru")
PACKAGES = ("clubcrm", "memberships", "access_control", "bar_inventory")
METHODS = [
    *((f"{package}/**.py", "python") for package in PACKAGES),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
OPTIONS = {"templates/**": {"silent": "false"}}  # a page that cannot be read is an error
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
HEADER = "# {language} texts of ClubCRM; `make catalogues` keeps the list of texts up to date."


def current_texts() -> Catalog:
    """Return all texts of code and pages, untranslated."""
    found = Catalog(project="ClubCRM")
    for _file, _line, message, comments, context in extract_from_dir(
        str(ROOT), METHODS, OPTIONS, keywords=KEYWORDS
    ):
        found.add(message, None, auto_comments=comments, context=context)
    return found


def catalogue_path(language: str) -> Path:
    """Return where the catalogue of a language lies."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def read_catalogue(language: str) -> Catalog:
    """Return the kept catalogue of a language, empty when there is none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write_catalogue(language: str, catalogue: Catalog) -> None:
    """The catalogue of a language is kept, sorted, without lines that change by themselves."""
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    header = [
        HEADER.format(language=language),
        'msgid ""',
        'msgstr ""',
        f'"Language: {language}\\n"',
        f'"Plural-Forms: {catalogue.plural_forms}\\n"',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        "",
    ]
    with path.open("wb") as file:
        file.write(("\n".join(header) + "\n").encode())
        write_po(
            *(file, catalogue),
            width=100,
            no_location=True,
            omit_header=True,
            sort_output=True,
            ignore_obsolete=True,
        )


def main() -> None:
    """Update every catalogue, and begin those that are missing."""
    texts = current_texts()
    for language in LANGUAGES:
        catalogue = read_catalogue(language)
        catalogue.update(texts, no_fuzzy_matching=True)
        write_catalogue(language, catalogue)


if __name__ == "__main__":
    main()
