insert into t values (1,1,repeat('v',3000),decode(repeat('0f',3000),'hex'),array[repeat('t',3000)],array_fill(1,array[1000]),array_fill('2020-01-01'::date,array[1000]),array_fill('00000000-0000-0000-0000-00000000000a'::uuid,array[300]));
update t set s=2;
