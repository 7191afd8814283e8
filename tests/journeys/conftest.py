"""The journey's tests send by a real mail server of their own."""

from tests.messaging.conftest import settings, sink

__all__ = ["settings", "sink"]
