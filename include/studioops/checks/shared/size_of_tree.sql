-- The bytes of the table c with all that inherits from it, for a subselect of one value.
        WITH RECURSIVE tree (oid) AS (
            SELECT c.oid
            UNION ALL
            -- pg_partition_tree would lock each of them until the transaction ends.
            SELECT h.inhrelid FROM tree JOIN pg_inherits AS h ON h.inhparent = tree.oid
        )
        SELECT sum(pg_total_relation_size(tree.oid)) FROM tree
