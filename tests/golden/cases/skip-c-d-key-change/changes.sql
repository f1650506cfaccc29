insert into t values (2,'y');
update t set id=3 where id=2;
update t set v='z' where id=3;
delete from t;
truncate t;
