create table t(p int, q int);
insert into t values (1, 2);
create table k(id int primary key, x text);
insert into k values (1, 'x');
