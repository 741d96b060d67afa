SELECT
    quote_ident(n.nspname) || '.' || quote_ident(p.proname)
        || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name,
    json_strip_nulls(json_build_object(
        'owner', p.proowner::regrole::text,
        'arguments', pg_get_function_arguments(p.oid),
        'result', pg_get_function_result(p.oid),
        'kind', g.aggkind,
        'direct', g.aggnumdirectargs,
        'functions', ARRAY[
            g.aggtransfn, g.aggfinalfn, g.aggcombinefn, g.aggserialfn, g.aggdeserialfn,
            g.aggmtransfn, g.aggminvtransfn, g.aggmfinalfn
        ]::regprocedure[]::text[],
        'extra', ARRAY[g.aggfinalextra, g.aggmfinalextra],
        'modify', ARRAY[g.aggfinalmodify, g.aggmfinalmodify]::text[],
        'sort', CASE WHEN g.aggsortop <> 0 THEN g.aggsortop::regoperator::text END,
        'state', format_type(g.aggtranstype, NULL),
        'moving state', format_type(nullif(g.aggmtranstype, 0), NULL),
        'space', ARRAY[g.aggtransspace, g.aggmtransspace],
        'initial', g.agginitval,
        'moving initial', g.aggminitval,
        'parallel', p.proparallel
    ))::text AS definition
FROM pg_proc AS p
JOIN pg_aggregate AS g ON g.aggfnoid = p.oid
JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
  )
