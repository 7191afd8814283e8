"""The door to staff work for upper floors."""

from clubcrm.tasks.services import (
    TaskOrder,
    expire_due,
    finish,
    open_task,
    put_off,
    set_aside,
    take_back,
)

__all__ = [
    "TaskOrder",
    "expire_due",
    "finish",
    "open_task",
    "put_off",
    "set_aside",
    "take_back",
]
