insert into t_serial(i) values (8);
update t_serial set i = 9 where id = 1;
