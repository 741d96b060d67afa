"""Operations: one change to a target each, with the way there and the way back."""

from studioops.migrations.operations.add_foreign_key import AddForeignKey
from studioops.migrations.operations.convert_columns import ConvertColumns, convert_columns
from studioops.migrations.operations.create_index import CreateIndex, Leaf
from studioops.migrations.operations.drop_converted import DropConverted, drop_converted
from studioops.migrations.operations.drop_foreign_key import DropForeignKey, Standing
from studioops.migrations.operations.drop_index import DropIndex
from studioops.migrations.operations.drop_not_null import DropNotNull
from studioops.migrations.operations.key import Key
from studioops.migrations.operations.lock import Lock, Patience
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.nullify_orphans import NullifyOrphans
from studioops.migrations.operations.operation import Operation, Stage, from_json
from studioops.migrations.operations.quarantine_orphans import QuarantineOrphans
from studioops.migrations.operations.reference import Going, Reference, Touched
from studioops.migrations.operations.replace_foreign_key import ReplaceForeignKey
from studioops.migrations.operations.run_revision import RunRevision
from studioops.migrations.operations.set_not_null import SetNotNull
from studioops.migrations.operations.step import (
    Batch,
    Batches,
    Change,
    Outside,
    Presence,
    Session,
    Step,
)

__all__ = [
    "AddForeignKey",
    "Batch",
    "Batches",
    "Change",
    "ConvertColumns",
    "CreateIndex",
    "DropConverted",
    "DropForeignKey",
    "DropIndex",
    "DropNotNull",
    "Going",
    "Key",
    "Leaf",
    "Lock",
    "NullifyOrphans",
    "Operation",
    "Outside",
    "Patience",
    "Presence",
    "QuarantineOrphans",
    "Reference",
    "ReplaceForeignKey",
    "RunRevision",
    "Session",
    "SetNotNull",
    "Stage",
    "Standing",
    "Step",
    "TableName",
    "Touched",
    "convert_columns",
    "drop_converted",
    "from_json",
]
