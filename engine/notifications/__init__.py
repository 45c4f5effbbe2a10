"""Notifications: what people are told, in the house and by mail."""

from engine.notifications.notifications import Notifications as Notifications
from engine.notifications.parts import (
    NewNotification as NewNotification,
    NotificationPage as NotificationPage,
    NotificationView as NotificationView,
)
