"""Databases and contracts whose plan a revision can carry."""

from __future__ import annotations

from tests.integration.migrations.planner.asking import contract_of

SHOP = (
    "CREATE TABLE shop (id bigint PRIMARY KEY)",
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id bigint)",
    "INSERT INTO shop SELECT n FROM generate_series(1, 20) AS n",
    "INSERT INTO stall SELECT n, 1 + n % 20 FROM generate_series(1, 100) AS n",
)
ADDED = contract_of("stall.shop_id -> shop.id; on_delete: CASCADE")
OLD = (
    "ALTER TABLE stall ADD CONSTRAINT theirs FOREIGN KEY (shop_id) REFERENCES shop ON DELETE "
    "CASCADE DEFERRABLE",
    "COMMENT ON CONSTRAINT theirs ON stall IS 'it''s 50% :old'",
    "CREATE INDEX ON stall (shop_id)",
)
PARTS = (
    "CREATE TABLE shop (id bigint PRIMARY KEY)",
    "CREATE TABLE stall (id bigint, shop_id bigint) PARTITION BY RANGE (id)",
    "CREATE TABLE few PARTITION OF stall FOR VALUES FROM (0) TO (50)",
    "CREATE TABLE many PARTITION OF stall FOR VALUES FROM (50) TO (500)",
    *SHOP[2:],
)
TEXTS = (
    "CREATE TABLE shop (id uuid PRIMARY KEY)",
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id varchar DEFAULT gen_random_uuid())",
    "INSERT INTO shop SELECT gen_random_uuid() FROM generate_series(1, 20)",
    "INSERT INTO stall SELECT row_number() OVER (), id::text FROM shop",
)
ODD = (
    'CREATE TABLE "a:b" ("i""d" bigint PRIMARY KEY)',
    """CREATE TABLE "it's 5%\\:x" (":up" bigint DEFAULT 1)""",
)
ODDLY = """"it''s 5%\\:x".":up" -> "a:b"."i""d\""""
WORLDS = {
    "added": (SHOP, ADDED),
    "replaced": ((*SHOP, *OLD), contract_of("stall.shop_id -> shop.id; on_delete: SET NULL")),
    "never looked at": (
        (*SHOP, OLD[0] + " NOT VALID", *OLD[1:]),
        contract_of("stall.shop_id -> shop.id; on_delete: SET NULL"),
    ),
    "partitioned": (PARTS, ADDED),
    "partitioned and replaced": (
        (*PARTS, *OLD),
        contract_of("stall.shop_id -> shop.id; on_delete: SET NULL"),
    ),
    "converted": (TEXTS, ADDED),
}
