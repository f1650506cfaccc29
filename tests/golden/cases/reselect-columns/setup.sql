create table t(id int, k text, v text, b bytea, ta text[], na numeric[], js jsonb, s int, x text, d int default 5, ts timestamp, primary key(id, k));
alter table t alter v set storage external; alter table t alter b set storage external; alter table t alter ta set storage external; alter table t alter na set storage external; alter table t alter js set storage external;
create table other(id int primary key, v text, s int); alter table other alter v set storage external;
create table nokey(v text, s int);
insert into t(id,k,x) values (0,'snap',null);
