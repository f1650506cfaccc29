create table a(id int primary key, v text); insert into a values (1,'x'),(2,'y');
create schema s2; create table s2.c(id int primary key, v text, w int not null default 3); insert into s2.c values (1,'x',7),(2,'y',8);
create table d(id int primary key, v text, w int); insert into d values (1,'x',7),(2,'y',8);
