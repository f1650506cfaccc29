insert into orders(item,qty) values ('cup',4);
update orders set qty=qty+1 where id=1;
update orders set item='ink2', note=null where id=2;
delete from orders where id=3;
begin; insert into orders(item) values ('a'),('b'); update orders set qty=9 where item='a'; delete from orders where item='b'; commit;
--@ settle
--@ worker stop
insert into orders(item) values ('while the worker is down'); update orders set qty=77 where id=1;
--@ worker start
--@ wait RUNNING
--@ wait-streaming
--@ settle
insert into orders(item) values ('after');
