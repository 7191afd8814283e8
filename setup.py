"""Name the packages of the wheel; templates/ and migrations/ travel as packages of their own.

In the repository they stand at the root, where people look for them; in the wheel they lie beside
the code as clubcrm_templates and clubcrm_migrations. `clubcrm.core.paths` knows both places.
"""

from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.bdist_wheel import bdist_wheel

MANIFEST = Path("clubcrm/static/vendor/manifest.json")
CODE = ["clubcrm", "memberships", "access_control", "bar_inventory"]


class WholeWheel(bdist_wheel):
    """A wheel that has everything pages fetch."""

    def run(self) -> None:
        """The wheel is built; ends with a clear line when the front-end assets are not there."""
        if not MANIFEST.is_file():
            raise SystemExit("The front-end assets are missing: run `make setup` first.")
        super().run()


setup(
    cmdclass={"bdist_wheel": WholeWheel},
    packages=[
        *find_packages(include=[pattern for name in CODE for pattern in (name, f"{name}.*")]),
        "clubcrm_templates",
        "clubcrm_migrations",
    ],
    package_dir={"clubcrm_templates": "templates", "clubcrm_migrations": "migrations"},
    package_data={
        "clubcrm": ["static/**/*", "translations/**/*.mo", "translations/**/*.po", "**/*.json"],
        "memberships": ["**/*.json"],
        "access_control": ["**/*.json"],
        "bar_inventory": ["**/*.json"],
        "clubcrm_templates": ["**/*"],
        "clubcrm_migrations": ["**/*"],
        "": ["py.typed"],
    },
    exclude_package_data={"": ["**/__pycache__/*", "*.pyc"]},
    include_package_data=False,
)
