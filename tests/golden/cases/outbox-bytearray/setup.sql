\ir ../converters-bytearray-outbox/setup.sql
