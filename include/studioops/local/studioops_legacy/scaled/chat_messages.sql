INSERT INTO public.chat_messages (id, session_id, message, response, is_user, created_at)
SELECT {id}::text, {chat_sessions_in_order}::text, {questions}[1 + n % 6],
    {answers}[1 + n / 6 % 6], true, {moment}
FROM generate_series({first}, {last}) AS n
