create table t(id int primary key, n numeric(5,2));
insert into t values (1,1);
