"""The one reader of the environment. Every other room gets plain values."""

from studioops.settings.declarations import Environment, Settings, Target, load_settings

__all__ = ["Environment", "Settings", "Target", "load_settings"]
