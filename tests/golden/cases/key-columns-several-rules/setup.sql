create table t(id int primary key, "A b" text, c int);
insert into t values (1,'x',2);
create table t2(id int, x int);
insert into t2 values (1,2);
create schema s;
create table s.t(id int primary key, z int);
insert into s.t values (1,2);
create table other(id int primary key);
insert into other values (1);
