"""The WSGI application of the club."""

from clubcrm.app import create_app

app = create_app()
