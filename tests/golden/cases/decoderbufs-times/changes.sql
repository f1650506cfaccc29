insert into days values (2, 'infinity', '24:00', '24:00+00'), (3, '-infinity', '00:00', '00:00-12'), (4, '0044-03-15 BC', null, null), (5, '20000-01-01', '23:59:59.99', null);
insert into moments values (1, 'infinity', 'infinity'), (2, '-infinity', '-infinity'), (3, '294276-12-31 23:59:59', '294276-12-31 23:59:59+00'), (4, '0044-03-15 01:02:03 BC', '0044-03-15 01:02:03+00 BC');
insert into moments values (5, '294246-12-31 23:59:59.999999', '294246-12-31 23:59:59.999+00'), (6, '20000-01-01 00:00:00', '20000-01-01 00:00:00+00');
insert into lists values (2, array['12:34:56', '24:00']::time(0)[], array['2024-02-29 12:34:56.789', 'infinity']::timestamp(3)[], array['2024-02-29 12:34:56.78+00', '-infinity']::timestamptz(2)[], array['12:34:56.7+02', null]::timetz(1)[]);
update lists set t0 = '{}' where id = 1;
delete from lists where id = 2;
