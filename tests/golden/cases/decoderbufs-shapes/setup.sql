create table shapes (id int primary key, l line, ls lseg, b box, p path, pg polygon, c circle, pt point);
create table needed (id int primary key, l line not null, ls lseg not null, b box not null, p path not null, pg polygon not null, c circle not null, pt point not null);
insert into shapes values (1, '{1,2,3}', '[(0,0),(1,1)]', '((0,0),(2,2))', '[(0,0),(1,1)]', '((0,0),(1,1),(2,0))', '<(1,2),3>', '(1,2)'), (2, null, null, null, null, null, null, null);
