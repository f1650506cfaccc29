insert into t_midnight select id + 10, a, b, c, d from t_midnight;
insert into t_shapes select id + 10, l, s, b, p, po, c from t_shapes;
insert into t_cast(id) values (2);
