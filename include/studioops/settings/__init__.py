"""The one reader of the environment. Every other room gets plain values."""

from studioops.settings.declarations import Settings, Target
from studioops.settings.environment import Environment
from studioops.settings.loading import load_settings
from studioops.settings.services import Kind, Service

__all__ = ["Environment", "Kind", "Service", "Settings", "Target", "load_settings"]
