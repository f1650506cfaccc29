insert into shapes values (3, '{1,2,3}', '[(0,0),(1,1)]', '((0,0),(2,2))', '[(0,0),(1,1)]', '((0,0),(1,1),(2,0))', '<(1,2),3>', '(1,2)');
insert into shapes values (4, null, null, null, null, null, null, null);
insert into needed select * from shapes where id = 1;
delete from needed;
