insert into t values (2,null,3);
insert into t2 values (3,4);
insert into s.t values (2,3);
insert into other values (2);
update t set c=5 where id=2;
update t set "A b"='q' where id=2;
delete from t where id=2;
