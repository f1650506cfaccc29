insert into geo.shapes select id + 10, g, pt, pz, poly, mp, gc, gg, gp, ga, gga, gnn, ggnn, gd, b2, b3 from geo.shapes;
insert into geo.shapes(id,gnn) values (20,'POINT(5 5)');
update geo.shapes set g = 'SRID=4326;POINT(9 9)' where id = 1;
delete from geo.shapes where id = 2;
update geo.def set v = 'c' where id = 1;
update geo.def set id = 3 where id = 1;
delete from geo.def where id = 2;
