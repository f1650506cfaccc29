insert into orders(item) values ('before');
--@ settle
--@ rest PUT /connectors/${NAME}/pause
--@ wait PAUSED
insert into orders(item) values ('while paused'); delete from orders where id=1;
--@ settle
--@ rest PUT /connectors/${NAME}/resume
--@ wait RUNNING
--@ settle
insert into orders(item) values ('resumed');
