"""A table that no foreign key ties to another one."""

from studioops.checks.check import Found, Row, SqlCheck
from studioops.model import Severity

# Tables in which migration tools keep their own books: nobody models these.
BOOKKEEPING = [
    *("alembic_version", "django_migrations", "flyway_schema_history", "schema_version"),
    *("databasechangelog", "databasechangeloglock", "schema_migrations", "ar_internal_metadata"),
    *("_prisma_migrations", "knex_migrations", "knex_migrations_lock", "__efmigrationshistory"),
    *("goose_db_version", "_sqlx_migrations", "sequelizemeta", "migrations", "typeorm_metadata"),
    *("__diesel_schema_migrations", "__drizzle_migrations", "pgmigrations", "phinxlog"),
    *("doctrine_migration_versions", "atlas_schema_revisions", "refinery_schema_history"),
    *("kysely_migration", "kysely_migration_lock", "mikro_orm_migrations"),
]


def explain(row: Row) -> Found:
    """A table that stands alone."""
    table, message = row["table"], "no foreign key leads from it or to it"
    if row["self"]:
        message = "its only foreign keys lead to itself"
    lines = ["-- what belongs together is told by the data: studioops contract infer"]
    if row["columns"]:
        looks = "looks like a reference" if row["one"] else "look like references"
        message += f"; {row['columns']} {looks}"
        lines += [
            "-- then tie it, such as:",
            f"-- ALTER TABLE {table} ADD FOREIGN KEY ({row['first']}) REFERENCES … NOT VALID;",
        ]
    return Found(table, message, "\n".join(lines))


CHECK = SqlCheck(
    module=__name__,
    question="Does any table stand alone among tables that are tied together?",
    severity=Severity.INFO,
    why="if its rows do belong to others, nothing keeps them together",
    explain=explain,
    parameters={"bookkeeping": BOOKKEEPING},
)
