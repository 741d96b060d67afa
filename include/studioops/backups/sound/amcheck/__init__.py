"""Whether b-trees and heaps are in order, by PostgreSQL's own amcheck."""

from studioops.backups.sound.amcheck.proof import amcheck

__all__ = ["amcheck"]
