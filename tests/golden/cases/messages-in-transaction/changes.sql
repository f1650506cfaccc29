begin; select pg_logical_emit_message(true,'p','1'); select pg_logical_emit_message(true,'p','2'); select pg_logical_emit_message(true,'q','3'); commit;
