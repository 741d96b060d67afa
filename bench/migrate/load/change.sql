\set order random(1, :orders)
\set quantity random(1, 9)
UPDATE orders SET quantity = :quantity WHERE id = :order;
