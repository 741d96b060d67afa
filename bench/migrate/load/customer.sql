\set customer 100000000000 + random(1, :customers)
SELECT name, orders FROM customers WHERE id = '00000000-0000-4000-8000-:customer';
