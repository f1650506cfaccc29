create table t(id int primary key, v text, w int not null default 5); insert into t values (1,'a',1);
