insert into t values (2,'b',2);
--@ settle
alter table t drop column v; insert into t values (3,3);
--@ settle
alter table t alter w drop not null; insert into t values (4,null);
--@ settle
alter table t drop constraint t_pkey; alter table t alter w set default 7; delete from t where w is null; alter table t add primary key (id, w); insert into t values (5,5); update t set w=6 where id=5;
