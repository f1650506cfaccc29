\ir ../converters-bytearray-outbox/changes.sql
