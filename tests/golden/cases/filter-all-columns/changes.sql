insert into t values (3, 4);
insert into k values (2, 'z');
update k set x = 'y' where id = 1;
delete from k where id = 2;
