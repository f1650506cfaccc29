insert into t values (3,'c'); update t set v='x'; delete from t where id=1; truncate t;
