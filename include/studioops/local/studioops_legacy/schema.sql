-- The legacy StudioOps database as it was found on 2025-09-08: 21 tables. Many ids and references
-- are varchar where the id that they mean is uuid.

CREATE TABLE public.projects (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name text NOT NULL,
    client_name text,
    board_id text,
    status text,
    start_date date,
    due_date date,
    budget_planned numeric(14,2),
    budget_actual numeric(14,2),
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    CONSTRAINT projects_pkey PRIMARY KEY (id)
);

CREATE TABLE public.vendors (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name text NOT NULL,
    contact jsonb,
    url text,
    rating smallint,
    notes text,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    CONSTRAINT vendors_pkey PRIMARY KEY (id)
);

CREATE TABLE public.materials (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name text NOT NULL,
    spec text,
    unit text NOT NULL,
    category text,
    typical_waste_pct numeric(5,2) DEFAULT 0,
    notes text,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    CONSTRAINT materials_pkey PRIMARY KEY (id)
);

CREATE TABLE public.plans (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    project_id uuid,
    version integer NOT NULL,
    status text,
    margin_target numeric(4,3) DEFAULT 0.25,
    currency text DEFAULT 'NIS',
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    CONSTRAINT plans_pkey PRIMARY KEY (id),
    CONSTRAINT plans_status_check CHECK (status IN ('draft', 'approved', 'archived')),
    CONSTRAINT plans_project_id_version_key UNIQUE (project_id, version)
);

CREATE TABLE public.plan_items (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    plan_id uuid,
    category text NOT NULL,
    title text NOT NULL,
    description text,
    quantity numeric(14,3) DEFAULT 1,
    unit text,
    unit_price numeric(14,2),
    unit_price_source jsonb,
    vendor_id uuid,
    labor_role text,
    labor_hours numeric(10,2),
    lead_time_days numeric(6,2),
    dependency_ids jsonb,
    risk_level text,
    notes text,
    subtotal numeric(14,2),
    metadata jsonb,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    CONSTRAINT plan_items_pkey PRIMARY KEY (id)
);

CREATE TABLE public.vendor_prices (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    vendor_id uuid,
    material_id uuid,
    sku text,
    price_nis numeric(14,2) NOT NULL,
    fetched_at timestamptz NOT NULL,
    source_url text,
    confidence numeric(3,2) DEFAULT 0.8,
    is_quote boolean DEFAULT false,
    created_at timestamptz DEFAULT now(),
    CONSTRAINT vendor_prices_pkey PRIMARY KEY (id),
    CONSTRAINT vendor_prices_vendor_id_material_id_sku_fetched_at_key
        UNIQUE (vendor_id, material_id, sku, fetched_at)
);

CREATE TABLE public.purchases (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    vendor_id uuid,
    material_id uuid,
    project_id uuid,
    qty numeric(14,3),
    unit_price_nis numeric(14,2),
    tax_vat_pct numeric(5,2),
    occurred_at date,
    receipt_path text,
    created_at timestamptz DEFAULT now(),
    sku varchar,
    unit varchar,
    total_nis numeric(14,2),
    currency varchar DEFAULT 'NIS',
    CONSTRAINT purchases_pkey PRIMARY KEY (id)
);

CREATE TABLE public.documents (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    project_id uuid,
    type text,
    path text NOT NULL,
    snapshot_jsonb jsonb,
    version integer,
    created_by text,
    created_at timestamptz DEFAULT now(),
    CONSTRAINT documents_pkey PRIMARY KEY (id)
);

CREATE TABLE public.doc_chunks (
    id varchar NOT NULL,
    page integer NOT NULL,
    text text NOT NULL,
    document_id varchar NOT NULL,
    CONSTRAINT doc_chunks_pkey PRIMARY KEY (id)
);

CREATE TABLE public.extracted_items (
    id varchar NOT NULL,
    document_id varchar NOT NULL,
    project_id varchar,
    type varchar NOT NULL,
    vendor_id varchar,
    material_id varchar,
    title varchar,
    qty numeric(14,3),
    unit varchar,
    unit_price_nis numeric(14,2),
    vat_pct numeric(5,2),
    lead_time_days numeric(6,2),
    attrs json,
    source_ref varchar NOT NULL,
    evidence text,
    confidence numeric(3,2),
    occurred_at date,
    created_at timestamptz DEFAULT now(),
    CONSTRAINT extracted_items_pkey PRIMARY KEY (id)
);

CREATE TABLE public.generated_documents (
    id varchar NOT NULL,
    project_id varchar,
    type varchar NOT NULL,
    path_pdf varchar NOT NULL,
    snapshot_jsonb json,
    version integer,
    created_at timestamptz DEFAULT now(),
    created_by varchar,
    CONSTRAINT generated_documents_pkey PRIMARY KEY (id)
);

CREATE TABLE public.ingest_events (
    id bigserial,
    document_id varchar NOT NULL,
    stage varchar NOT NULL,
    status varchar NOT NULL,
    payload_jsonb json,
    created_at timestamptz DEFAULT now(),
    CONSTRAINT ingest_events_pkey PRIMARY KEY (id)
);

CREATE TABLE public.project_knowledge (
    id varchar NOT NULL,
    project_id varchar NOT NULL,
    category varchar NOT NULL,
    key varchar NOT NULL,
    value text NOT NULL,
    confidence double precision,
    source varchar,
    meta_data json,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz,
    CONSTRAINT project_knowledge_pkey PRIMARY KEY (id)
);

CREATE TABLE public.chat_sessions (
    id varchar NOT NULL,
    user_id varchar,
    project_id varchar,
    title varchar,
    context json,
    is_active boolean,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz,
    CONSTRAINT chat_sessions_pkey PRIMARY KEY (id)
);

CREATE TABLE public.chat_messages (
    id varchar NOT NULL,
    session_id varchar NOT NULL,
    message text NOT NULL,
    response text NOT NULL,
    is_user boolean,
    project_context json,
    meta_data json,
    created_at timestamptz DEFAULT now(),
    CONSTRAINT chat_messages_pkey PRIMARY KEY (id)
);

CREATE TABLE public.vendor_aliases (
    id varchar NOT NULL,
    vendor_id varchar NOT NULL,
    alias varchar NOT NULL,
    source_ref varchar,
    created_at timestamptz DEFAULT now(),
    CONSTRAINT vendor_aliases_pkey PRIMARY KEY (id)
);

CREATE TABLE public.material_aliases (
    id varchar NOT NULL,
    material_id varchar NOT NULL,
    alias varchar NOT NULL,
    source_ref varchar,
    created_at timestamptz DEFAULT now(),
    CONSTRAINT material_aliases_pkey PRIMARY KEY (id)
);

CREATE TABLE public.rag_documents (
    id varchar NOT NULL,
    title varchar NOT NULL,
    content text NOT NULL,
    source varchar,
    document_type varchar,
    meta_data json,
    embedding json,
    is_active boolean,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz,
    CONSTRAINT rag_documents_pkey PRIMARY KEY (id)
);

CREATE TABLE public.rate_cards (
    role text NOT NULL,
    hourly_rate_nis numeric(10,2) NOT NULL,
    overtime_rules_json jsonb,
    default_efficiency numeric(3,2) DEFAULT 1.0,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    CONSTRAINT rate_cards_pkey PRIMARY KEY (role)
);

CREATE TABLE public.shipping_quotes (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    route_hash text,
    distance_km numeric(10,2),
    weight_kg numeric(10,2),
    type text,
    base_fee_nis numeric(14,2),
    per_km_nis numeric(10,2),
    per_kg_nis numeric(10,2),
    surge_json jsonb,
    fetched_at timestamptz,
    source text,
    confidence numeric(3,2),
    created_at timestamptz DEFAULT now(),
    CONSTRAINT shipping_quotes_pkey PRIMARY KEY (id)
);

CREATE TABLE public.outbox (
    id bigserial,
    topic text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz DEFAULT now(),
    delivered boolean DEFAULT false,
    CONSTRAINT outbox_pkey PRIMARY KEY (id)
);

-- Somebody's report, which no contract speaks of.
CREATE SCHEMA reporting;
CREATE TABLE reporting.plan_notes (
    id bigserial PRIMARY KEY,
    project_id uuid,
    version integer,
    note text NOT NULL
);
