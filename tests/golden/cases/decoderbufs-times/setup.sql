create table days (id int primary key, d date, t time(2), tz timetz(1));
create table moments (id int primary key, at timestamp, zoned timestamptz(3));
create table lists (id int primary key, t0 time(0)[], t3 timestamp(3)[], z2 timestamptz(2)[], tz1 timetz(1)[]);
insert into days values (1, '2024-02-29', '12:34:56.78', '12:34:56.7+02');
insert into lists values (1, array['12:34:56']::time(0)[], array['2024-02-29 12:34:56.789']::timestamp(3)[], array['2024-02-29 12:34:56.78+00']::timestamptz(2)[], array['12:34:56.7+02']::timetz(1)[]);
