insert into t select 1,'a''b',repeat('v',2100),decode(repeat('0f',2100),'hex'),array[repeat('t',2100)],array_fill(1.5,array[400]),to_jsonb(repeat('j',2100)),1,'x',null,'2020-01-01';
--@ settle
update t set s=2 where id=1;
--@ settle
update t set x=null where id=1;
--@ settle
begin; update t set s=3 where id=1; update t set v='now', js='{}' where id=1; commit;
--@ settle
insert into t(id,k) values (2,'q');
--@ settle
begin; update t set s=9 where id=1; delete from t where id=1; commit;
--@ settle
insert into other values (1,repeat('o',2100),1);
--@ settle
update other set s=2;
--@ settle
update other set id=2;
insert into nokey values (null,1);
