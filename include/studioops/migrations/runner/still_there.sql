-- Whether one of some transactions still holds a lock; each holds one on its own virtual id.
SELECT EXISTS (
    SELECT FROM pg_locks WHERE virtualtransaction = ANY (%(transactions)s::text[])
) AS there
