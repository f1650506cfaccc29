create table t(id int primary key, s int, v text, b bytea, ta text[], ia int[], da date[], ua uuid[]);
alter table t alter v set storage external; alter table t alter b set storage external; alter table t alter ta set storage external;
alter table t alter ia set storage external; alter table t alter da set storage external; alter table t alter ua set storage external;
