"""What a user would type, or Alembic's autogenerate would: a transaction each, no lock_timeout."""

from __future__ import annotations

import time

import psycopg

from bench.migrate.ways.way import ADD, CLEAN, CONVERT, INDEX, REPLACE, Part

ACTIONS = "ON DELETE CASCADE ON UPDATE CASCADE"
STATEMENTS = {
    CLEAN: "DELETE FROM orders AS o WHERE NOT EXISTS"
    " (SELECT FROM customers AS c WHERE c.id::text = o.customer_id)",
    CONVERT: "ALTER TABLE orders ALTER COLUMN customer_id TYPE uuid USING customer_id::uuid",
    INDEX: "CREATE INDEX orders_customer_id_idx ON orders (customer_id)",
    ADD: "ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey"
    f" FOREIGN KEY (customer_id) REFERENCES customers (id) {ACTIONS}",
    REPLACE: "ALTER TABLE orders DROP CONSTRAINT orders_product_id_fkey,"
    " ADD CONSTRAINT orders_product_id_fkey"
    f" FOREIGN KEY (product_id) REFERENCES products (id) {ACTIONS}",
}
TRIES = 5


def migrate(dsn: str) -> list[Part]:
    """One statement after the other; one that a deadlock ends is typed again.

    Args:
        dsn: of the database.
    """
    parts = []
    with psycopg.connect(dsn, application_name="plain") as connection:
        for name, statement in STATEMENTS.items():
            began = time.time()
            _typed(connection, statement)
            parts.append(Part(name, began, time.time()))
    return parts


def _typed(connection: psycopg.Connection, statement: str) -> None:
    for attempt in range(1, TRIES + 1):
        try:
            with connection.transaction():
                connection.execute(statement)
        except psycopg.errors.DeadlockDetected:
            if attempt == TRIES:
                raise
        else:
            return
