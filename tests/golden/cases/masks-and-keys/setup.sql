create type mood as enum('sad','ok','very happy');
create domain em as varchar(30);
create table t(id int, email varchar(40) not null, name text not null default 'nobody', m mood not null, big text, e em, c char(5), arr text[], js jsonb, u uuid, b bytea, bit3 bit(3), primary key(id));
insert into t values (1,'a@b.c','Ada','ok',(select string_agg(md5(i::text),'') from generate_series(1,400) i),'x@y.z','abc','{aa,bb}','{"a": 1}','00000000-0000-0000-0000-000000000001','\x01',B'101');
create table w(a text not null, b text not null, c text, primary key(a)); insert into w values ('aaaaaaaa','bbbbbbbb','cccccccc');
