create sequence sq;
create domain dom_int as int;
create table t_serial(id serial primary key, s smallserial, b bigserial, i int, i_d int default 5, i_s int default nextval('sq'), d dom_int default nextval('sq'), ia int[] default array[nextval('sq')]);
insert into t_serial(i) values (7);
