insert into tk values (repeat('k',2300),1,repeat('z',4000)); update tk set s=2; update tk set k='short'; delete from tk;
insert into ix values (1,repeat('abcd',900),1); update ix set s=2; update ix set id=2; delete from ix;
