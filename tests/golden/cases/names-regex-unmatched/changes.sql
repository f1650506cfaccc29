update a set id=2; insert into s2.nokey2 values ('y');
