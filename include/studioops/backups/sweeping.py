"""Removing files of a vault, whoever else removes them too; what the store holds stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from studioops.errors import ObjectStoreDenied
from studioops.objectstore.vault import Vault


@dataclass
class Broom:
    """Removes files and counts them.

    Args:
        vault: where they lie.
        dry_run: whether to count alone.
    """

    vault: Vault
    dry_run: bool = False
    files: int = field(default=0, init=False)
    locked: int = field(default=0, init=False)
    locked_until: datetime | None = field(default=None, init=False)

    def sweep(self, names: Iterable[str]) -> bool:
        """Remove files, each with all its versions.

        Args:
            names: of files; what is not there any more is well.

        Returns:
            whether all of them are gone: False where the store holds one, which is no error.

        Raises:
            ObjectStoreDenied: a file may not be removed, and no lock holds it.
            ObjectStoreError: or another of its kinds.
        """
        before = self.locked
        for name in names:
            if not self.dry_run and not self._removed(name):
                self.locked += 1
            else:
                self.files += 1
        return self.locked == before

    def as_json(self) -> dict[str, Any]:
        """What it did, as plain JSON values."""
        until = self.locked_until.isoformat() if self.locked_until else None
        return {"files": self.files, "locked": self.locked, "locked_until": until}

    def _removed(self, name: str) -> bool:
        try:
            self.vault.remove([name])
        except ObjectStoreDenied:
            # A lock and a missing right look alike.
            end = self.vault.locked_until_of(name)
            if end is None:
                raise
            self.locked_until = max(end, self.locked_until or end)
            return False
        return True
