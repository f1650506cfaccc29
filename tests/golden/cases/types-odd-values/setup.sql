create table t_midnight(id int primary key, a timetz, b timetz(3), c timetz(0), d timetz[]);
insert into t_midnight values (1,'24:00+02','24:00+02','24:00+02','{24:00+02}'),(2,'24:00-05','24:00-05:30','24:00-05','{24:00+00}'),(3,'24:00+00','23:59:59.9999+02','23:59:59.7-08',null),(4,'24:00+14','24:00-14','00:00+14',null);
create table t_shapes(id int primary key, l line[], s lseg[] not null default '{}', b box[], p path[], po polygon[], c circle[]);
insert into t_shapes values (1,'{}','{}','{}','{}','{}','{}'),(2,'{NULL}','{NULL}','{NULL}','{NULL,NULL}','{NULL}','{NULL}'),(3,'{"{1,2,3}"}','{}','{(1\,1),(0\,0)}',null,null,array['<(0,0),1>',null]::circle[]);
create table t_cast(id int primary key, a numeric default 1.5::numeric(4,2), b numeric default 1.5, c numeric default '2.50', d numeric default 1 + 1, e numeric(6,3) default 1.5::numeric(4,2));
insert into t_cast values (1,null,null,null,null,null);
