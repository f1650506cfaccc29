create table t1(id int primary key, a text not null, b int);
create table t2(id int primary key, a text not null, b int);
create table rx(id int primary key, k1 int, k2 text, "K3" int, z int);
create table spaced(id int primary key, a text);
create table odd(id pg_lsn primary key, v text);
create table half(id pg_lsn, k int, primary key(id, k));
insert into t1 values (1,'x',1); insert into t2 values (1,'x',1); insert into rx values (1,2,'3',4,5); insert into spaced values (1,'a');
insert into odd values ('0/1','x'); insert into half values ('0/1',1);
