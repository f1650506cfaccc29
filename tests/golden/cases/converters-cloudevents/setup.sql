\ir ../dml-skip-c-d/setup.sql
