-- A shop: bench.size rows together, 60 % of them items of orders, references in no order.
CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key uuid NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    settings jsonb NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE products (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku text NOT NULL,
    title text NOT NULL,
    price numeric(10, 2) NOT NULL
);
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL,
    status text NOT NULL,
    total numeric(12, 2) NOT NULL,
    note text,
    placed_at timestamptz NOT NULL
);
CREATE TABLE items (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL,
    product_id int NOT NULL,
    quantity smallint NOT NULL,
    price numeric(10, 2) NOT NULL
);
CREATE TABLE events (
    id uuid PRIMARY KEY,
    customer_id bigint NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    seen_at timestamptz NOT NULL
);

CREATE FUNCTION part(share numeric) RETURNS bigint LANGUAGE sql STABLE
RETURN greatest(10, floor(current_setting('bench.size')::numeric * share));
CREATE FUNCTION any_of(n bigint, many bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN 1 + abs(hashint8(n)::bigint) % many;

INSERT INTO customers (key, name, email, settings, created_at)
SELECT
    md5('customer' || n)::uuid,
    'Customer ' || substr(md5(n::text), 1, 8),
    substr(md5(n::text), 1, 12) || '@example.org',
    jsonb_build_object('theme', CASE WHEN n % 3 = 0 THEN 'dark' ELSE 'light' END, 'page', n % 50),
    timestamptz '2020-01-01' + n * interval '7 minutes'
FROM generate_series(1, part(0.02)) AS n;

INSERT INTO products (sku, title, price)
SELECT 'P-' || n, 'Product ' || md5(n::text), any_of(n, 100000) / 100.0
FROM generate_series(1, part(0.005)) AS n;

INSERT INTO orders (customer_id, status, total, note, placed_at)
SELECT
    any_of(n, c.many),
    (ARRAY['new', 'paid', 'packed', 'shipped', 'returned'])[any_of(n + 1, 5)],
    any_of(n + 2, 10000000) / 100.0,
    CASE WHEN n % 4 = 0 THEN 'leave it at ' || md5(n::text) || ', ring twice' END,
    timestamptz '2020-01-01' + any_of(n + 3, 150000000) * interval '1 second'
FROM (SELECT part(0.02) AS many) AS c, generate_series(1, part(0.22)) AS n;

INSERT INTO items (order_id, product_id, quantity, price)
SELECT any_of(n, c.orders), any_of(n + 1, c.products), any_of(n + 2, 9), any_of(n + 3, 99999) / 100.0
FROM
    (SELECT part(0.22) AS orders, part(0.005) AS products) AS c,
    generate_series(1, part(0.6)) AS n;

INSERT INTO events (id, customer_id, kind, payload, seen_at)
SELECT
    md5('event' || n)::uuid,
    any_of(n, c.many),
    (ARRAY['login', 'search', 'view', 'basket'])[any_of(n + 1, 4)],
    jsonb_build_object('page', '/p/' || any_of(n, 9999), 'agent', md5(n::text), 'ms', n % 900),
    timestamptz '2020-01-01' + n * interval '3 seconds'
FROM (SELECT part(0.02) AS many) AS c, generate_series(1, part(0.155)) AS n;

DROP FUNCTION any_of, part;
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON items (order_id);
CREATE INDEX ON items (product_id);
CREATE INDEX ON events (customer_id);
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE items ADD FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE items ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE events ADD FOREIGN KEY (customer_id) REFERENCES customers;
