"""The tree of exceptions. Each says what happened, where, and what to type next.

::

    StudioOpsError
    ├── UsageError                  exit 2: the caller asked for something that can't be asked
    │   ├── SettingsError
    │   └── ContractError           every fault of a contract, each with its line
    ├── CouldNotCheck               exit 3: nobody looked, so nothing is known
    │   ├── DatabaseError
    │   │   ├── DatabaseUnreachable
    │   │   ├── DatabaseBusy
    │   │   ├── AuthenticationFailed
    │   │   ├── NoSuchDatabase
    │   │   ├── PermissionDenied
    │   │   ├── RowsHidden
    │   │   ├── StatementTimeout
    │   │   ├── NotItsReplica
    │   │   └── ReplicaBehind
    │   ├── ObjectStoreError
    │   │   ├── ObjectStoreUnreachable
    │   │   ├── ObjectStoreDenied
    │   │   └── NoSuchObject
    │   ├── BackupError
    │   │   ├── BackupNotTaken
    │   │   ├── BackupDamaged
    │   │   ├── NoSuchBackup
    │   │   ├── NoSuchKey
    │   │   │   └── WrongKey        there is one of that id, and it is another one
    │   │   └── ToolMissing         no pg_dump or pg_restore that fits
    │   └── LedgerUnavailable
    ├── Refused                     exit 4: nothing was changed
    │   ├── NotOurs                 a server or process that somebody else owns
    │   └── NoProvenBackup          nothing that a recovery could rest on
    └── LeftInBetween               exit 5: something was changed and is not finished
        └── LocalStackError         a part of the local stack did not start or stop
"""

from __future__ import annotations

from studioops.errors.kinds import Category, ErrorSeverity, StudioOpsError, one_line

__all__ = [
    "AuthenticationFailed",
    "BackupDamaged",
    "BackupError",
    "BackupNotTaken",
    "Category",
    "ContractError",
    "CouldNotCheck",
    "DatabaseBusy",
    "DatabaseError",
    "DatabaseUnreachable",
    "ErrorSeverity",
    "LedgerUnavailable",
    "LeftInBetween",
    "LocalStackError",
    "NoProvenBackup",
    "NoSuchBackup",
    "NoSuchDatabase",
    "NoSuchKey",
    "NoSuchObject",
    "NotItsReplica",
    "NotOurs",
    "ObjectStoreDenied",
    "ObjectStoreError",
    "ObjectStoreUnreachable",
    "PermissionDenied",
    "Refused",
    "ReplicaBehind",
    "RowsHidden",
    "SettingsError",
    "StatementTimeout",
    "StudioOpsError",
    "ToolMissing",
    "UsageError",
    "WrongKey",
    "one_line",
]


class UsageError(StudioOpsError):
    """A call that can't be carried out as it was typed."""

    code = "usage"
    category = Category.VALIDATION
    severity = ErrorSeverity.LOW
    exit_code = 2


class SettingsError(UsageError):
    """A setting that is missing or can't be what it is."""

    code = "settings"


class ContractError(UsageError):
    """A contract with faults."""

    code = "contract"


class CouldNotCheck(StudioOpsError):
    """Nobody could look, so nothing may be called well."""

    code = "could_not_check"


class DatabaseError(CouldNotCheck):
    """PostgreSQL answered with an error that has no class of its own here."""

    code = "database_error"
    category = Category.DATABASE


class DatabaseUnreachable(DatabaseError):
    """No connection, or one that broke."""

    code = "database_unreachable"
    severity = ErrorSeverity.CRITICAL
    retryable = True


class DatabaseBusy(DatabaseError):
    """The server is there and takes no more for now."""

    code = "database_busy"
    retryable = True


class AuthenticationFailed(DatabaseError):
    """The server does not take this role or password."""

    code = "authentication_failed"
    category = Category.AUTHENTICATION


class NoSuchDatabase(DatabaseError):
    """The server has no database of that name."""

    code = "no_such_database"
    category = Category.NOT_FOUND


class PermissionDenied(DatabaseError):
    """The role may not read what it was asked to."""

    code = "permission_denied"
    category = Category.AUTHORIZATION


class RowsHidden(DatabaseError):
    """A row-security policy would hide rows from this role, so an answer would be a guess."""

    code = "rows_hidden"
    category = Category.AUTHORIZATION


class StatementTimeout(DatabaseError):
    """A statement ran into its limit."""

    code = "statement_timeout"


class NotItsReplica(DatabaseError):
    """The server that should be a target's replica is none, or another one's."""

    code = "not_its_replica"
    category = Category.CONFLICT


class ReplicaBehind(DatabaseError):
    """A replica has not replayed what its primary had written, so it would tell of yesterday."""

    code = "replica_behind"
    retryable = True


class ObjectStoreError(CouldNotCheck):
    """The object store answered with an error that has no class of its own here."""

    code = "object_store_error"
    category = Category.EXTERNAL_SERVICE


class ObjectStoreUnreachable(ObjectStoreError):
    """No connection to the object store, or one that broke."""

    code = "object_store_unreachable"
    retryable = True


class ObjectStoreDenied(ObjectStoreError):
    """The object store does not take these credentials."""

    code = "object_store_denied"
    category = Category.AUTHENTICATION


class NoSuchObject(ObjectStoreError):
    """The object store is there and has no such object, or no such bucket."""

    code = "no_such_object"
    category = Category.NOT_FOUND


class BackupError(CouldNotCheck):
    """Something about a backup that has no class of its own here."""

    code = "backup_error"
    category = Category.FILE_OPERATION


class BackupNotTaken(BackupError):
    """A backup did not come to its end; nothing of it is listed."""

    code = "backup_not_taken"
    severity = ErrorSeverity.CRITICAL
    retryable = True


class BackupDamaged(BackupError):
    """A file of a backup is not what was written."""

    code = "backup_damaged"
    severity = ErrorSeverity.CRITICAL


class NoSuchBackup(BackupError):
    """There is no whole backup of that id."""

    code = "no_such_backup"
    category = Category.NOT_FOUND


class NoSuchKey(BackupError):
    """A file is encrypted with a key that the settings don't hold."""

    code = "no_such_key"
    category = Category.AUTHENTICATION


class WrongKey(NoSuchKey):
    """The settings hold another key under the id of the one that a file is encrypted with."""

    code = "wrong_key"


class ToolMissing(BackupError):
    """No client program of PostgreSQL that fits the server is installed."""

    code = "tool_missing"
    category = Category.SYSTEM


class LedgerUnavailable(CouldNotCheck):
    """The ledger is configured and can't be written or read."""

    code = "ledger_unavailable"
    category = Category.DATABASE
    retryable = True


class Refused(StudioOpsError):
    """Not done, and nothing was changed."""

    code = "refused"
    category = Category.CONFLICT
    exit_code = 4


class NotOurs(Refused):
    """A server or process that somebody else owns stands where ours should."""

    code = "not_ours"


class NoProvenBackup(Refused):
    """No backup has been proven that this work could rest on."""

    code = "no_proven_backup"


class LeftInBetween(StudioOpsError):
    """Something was changed and is not finished; the next step says how to finish."""

    code = "left_in_between"
    severity = ErrorSeverity.CRITICAL
    exit_code = 5


class LocalStackError(LeftInBetween):
    """A part of the local stack did not start or stop."""

    code = "local_stack"
    severity = ErrorSeverity.HIGH
