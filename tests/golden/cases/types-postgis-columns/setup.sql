create extension postgis;
create schema geo;
create table geo.shapes(id int primary key, g geometry, pt geometry(Point,4326), pz geometry(PointZ,3857), poly geometry(Polygon), mp geometry(MultiPolygon,4326), gc geometry(GeometryCollection), gg geography, gp geography(Point,4326), ga geometry[], gga geography(Point)[], gnn geometry not null, ggnn geography not null default 'POINT(0 0)', gd geometry default 'SRID=4326;POINT(1 1)', b2 box2d, b3 box3d);
alter table geo.shapes replica identity full;
create domain place as geometry(Point,4326);
create table geo.def(id int primary key, g geometry, gg geography, ga geometry[] default '{}', d place, v text);
alter table geo.def alter column g set storage external, alter column gg set storage external, alter column ga set storage external;
insert into geo.shapes(id,g,pt,pz,poly,mp,gc,gg,gp,ga,gga,gnn,b2,b3) values
 (1,'POINT(1 2)','SRID=4326;POINT(1 2)','SRID=3857;POINT Z(1 2 3)','POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,2 1,2 2,1 1))','SRID=4326;MULTIPOLYGON(((0 0,1 0,1 1,0 0)))','GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))','POINT(1 2)','POINT(-1.5 80)',array['POINT(1 1)'::geometry,'SRID=4326;POINT(2 2)'::geometry,null],array['POINT(1 1)'::geography],'POINT EMPTY','BOX(0 0,1 1)','BOX3D(0 0 0,1 1 1)'),
 (2,null,null,null,null,null,null,null,null,null,null,'SRID=3187;LINESTRING M(0 0 1,1 1 2)',null,null),
 (3,'POINT ZM(1 2 3 4)','SRID=4326;POINT EMPTY',null,'POLYGON EMPTY',null,'GEOMETRYCOLLECTION EMPTY','LINESTRING(0 0,1 1)',null,'{}','{}','CIRCULARSTRING(0 0,1 1,2 0)',null,null),
 (4,'SRID=4326;TRIANGLE((0 0,0 1,1 1,0 0))',null,null,null,null,null,'SRID=4267;POINT(1 2)',null,array[null::geometry],array[null::geography],'TIN(((0 0 0,0 0 1,0 1 0,0 0 0)))',null,null);
insert into geo.def values (1,(select st_collect(st_makepoint(i,i/7.0)) from generate_series(1,400) i),(select st_collect(st_makepoint(i%90,i/7.0))::geography from generate_series(1,300) i),(select array_agg(st_makepoint(i,i)) from generate_series(1,300) i),'SRID=4326;POINT(3 4)','a'),(2,'POINT(0 0)','POINT(0 0)','{}',null,'b');
