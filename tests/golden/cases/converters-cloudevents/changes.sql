\ir ../unwrap-default/changes.sql
