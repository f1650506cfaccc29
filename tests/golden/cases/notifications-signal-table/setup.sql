create table sig(id varchar(42) primary key, type varchar(32) not null, data varchar(2048));
create table t(id int primary key, v text); insert into t values (1,'a'),(2,'b'); create table u(id int primary key, v text); insert into u values (1,'a'),(2,'b'); create table nopk(v text);
