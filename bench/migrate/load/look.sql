\set order random(1, :orders)
SELECT o.quantity, o.customer_id, p.title
FROM orders AS o JOIN products AS p ON p.id = o.product_id WHERE o.id = :order;
