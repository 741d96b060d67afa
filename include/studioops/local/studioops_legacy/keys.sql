-- The nine foreign keys that it has, its six secondary indexes, and those of the report.

ALTER TABLE public.plans ADD CONSTRAINT plans_project_id_fkey
    FOREIGN KEY (project_id) REFERENCES public.projects (id) ON DELETE CASCADE;
ALTER TABLE public.plan_items ADD CONSTRAINT plan_items_plan_id_fkey
    FOREIGN KEY (plan_id) REFERENCES public.plans (id) ON DELETE CASCADE;
ALTER TABLE public.documents ADD CONSTRAINT documents_project_id_fkey
    FOREIGN KEY (project_id) REFERENCES public.projects (id);
ALTER TABLE public.purchases ADD CONSTRAINT purchases_project_id_fkey
    FOREIGN KEY (project_id) REFERENCES public.projects (id);
ALTER TABLE public.purchases ADD CONSTRAINT purchases_vendor_id_fkey
    FOREIGN KEY (vendor_id) REFERENCES public.vendors (id);
ALTER TABLE public.purchases ADD CONSTRAINT purchases_material_id_fkey
    FOREIGN KEY (material_id) REFERENCES public.materials (id);
ALTER TABLE public.plan_items ADD CONSTRAINT plan_items_vendor_id_fkey
    FOREIGN KEY (vendor_id) REFERENCES public.vendors (id);
ALTER TABLE public.vendor_prices ADD CONSTRAINT vendor_prices_vendor_id_fkey
    FOREIGN KEY (vendor_id) REFERENCES public.vendors (id);
ALTER TABLE public.vendor_prices ADD CONSTRAINT vendor_prices_material_id_fkey
    FOREIGN KEY (material_id) REFERENCES public.materials (id);

CREATE INDEX idx_plan_items_plan_id ON public.plan_items (plan_id);
CREATE INDEX idx_vendor_prices_material_id ON public.vendor_prices (material_id, fetched_at DESC);
CREATE INDEX idx_chat_messages_session_id ON public.chat_messages (session_id);
CREATE INDEX idx_chat_sessions_project_id ON public.chat_sessions (project_id);
CREATE INDEX idx_chat_sessions_user_id ON public.chat_sessions (user_id);
CREATE INDEX idx_project_knowledge_project_id ON public.project_knowledge (project_id);
CREATE INDEX idx_plan_notes_plan ON reporting.plan_notes (project_id, version);
ALTER TABLE reporting.plan_notes ADD CONSTRAINT plan_notes_plan_fkey
    FOREIGN KEY (project_id, version) REFERENCES public.plans (project_id, version);
