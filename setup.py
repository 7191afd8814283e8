"""Name the packages of the wheel; templates/ and migrations/ travel as packages of their own.

In the repository they stand at the root, where people look for them; in the wheel they lie beside
the code as clubcrm_templates and clubcrm_migrations. `clubcrm.core.paths` knows both places.
"""

from setuptools import find_packages, setup

CODE = ["clubcrm", "memberships", "access_control", "bar_inventory"]

setup(
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
