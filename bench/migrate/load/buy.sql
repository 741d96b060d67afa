\set customer 100000000000 + random(1, :customers)
\set product random(1, :products)
BEGIN;
SELECT name FROM customers WHERE id = '00000000-0000-4000-8000-:customer';
INSERT INTO orders (customer_id, product_id, quantity, note)
VALUES ('00000000-0000-4000-8000-:customer', :product, 1, 'bought');
UPDATE products SET stock = stock - 1 WHERE id = :product;
COMMIT;
