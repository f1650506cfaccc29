update t set name='Grace' where id=1;
update t set email='q@q.q', m='sad' where id=1;
insert into t(id,email,m) values (2,'ü€😀@x','very happy');
update w set b='x' where a='aaaaaaaa'; update w set a='newkey'; delete from w; delete from t;
