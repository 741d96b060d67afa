-- A schema of many small tables, three foreign keys each, two of three with an index.
DO $$
DECLARE
    tables CONSTANT int := current_setting('bench.size');
    child int;
    place int;
BEGIN
    FOR child IN 0 .. tables - 1 LOOP
        EXECUTE format(
            'CREATE TABLE %I (id bigint PRIMARY KEY, a_id bigint, b_id bigint, c_id bigint)',
            't' || child);
        EXECUTE format(
            'INSERT INTO %I SELECT n, 1 + mod(n, 20), 1 + mod(n, 17),'
            ' CASE WHEN mod(n, 3) > 0 THEN 1 + mod(n, 19) END FROM generate_series(1, %s) AS n',
            't' || child, 20 + child * 7 % 200);
        COMMIT;
    END LOOP;
    FOR child IN 0 .. tables - 1 LOOP
        FOR place IN 0 .. 2 LOOP
            EXECUTE format('ALTER TABLE %I ADD FOREIGN KEY (%I) REFERENCES %I',
                't' || child, chr(97 + place) || '_id',
                't' || (child * 31 + place * 17 + 7) % tables);
        END LOOP;
        EXECUTE format('CREATE INDEX ON %I (a_id)', 't' || child);
        EXECUTE format('CREATE INDEX ON %I (b_id)', 't' || child);
        COMMIT;
    END LOOP;
END $$
