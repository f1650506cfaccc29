insert into s2.c values (3,'z',9);
