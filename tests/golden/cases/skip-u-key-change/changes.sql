update t set id=3 where id=1;
update t set v='z' where id=3;
delete from t;
