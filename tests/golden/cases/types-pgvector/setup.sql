create extension vector;
create domain emb as vector(2);
create table items(id int primary key, v vector(3), vn vector not null, h halfvec(3), hn halfvec not null, s sparsevec(5), sn sparsevec, va vector(2)[], ha halfvec[], sa sparsevec[], vd vector(2) default '[1,2]', hd halfvec default '[1,2]', sd sparsevec default '{1:1}/2', d emb, t text);
create table fullid(id int primary key, v vector(3), h halfvec(3), s sparsevec(5), big vector(1500), t text);
alter table fullid replica identity full;
create table toast(id int primary key, big vector(3000), hbig halfvec(3000), sbig sparsevec(5000), t text);
alter table toast alter column big set storage external, alter column hbig set storage external, alter column sbig set storage external;
insert into items(id,v,vn,h,hn,s,sn,va,ha,sa,d) values
 (1,'[1,2,3]','[0.1,-2.5e-10,3.4e38]','[1,2,3]','[0.1,65504,-6e-8]','{1:1,3:2.5,5:-1}/5','{1:0.1,32767:5}/32767',array['[1,2]'::vector,'[3,4]'::vector],array['[1]'::halfvec],array['{1:1}/2'::sparsevec],'[5,6]'),
 (2,null,'[0]',null,'[1e-5]',null,'{}/3',null,null,null,null),
 (3,'[0,-0,1e-45]','[1.17549435e-38]','[0,-0,0.333]','[2]','{}/5','{7:1e-45,2:3.4e38}/9','{}','{}','{}',null),
 (4,'[1,2,3]','[16777217,123456.789,1e15]','[1,2,3]','[0.1,0.2,0.3]','{2:7,4:8}/5','{17:1,33:2,1:3,16:4,100:5,1000:6,65:7,3:8}/2000',array[null::vector],array[null::halfvec],array[null::sparsevec],null);
insert into fullid values (1,'[1,2,3]','[1,2,3]','{1:1}/5',(select array_agg(i/7.0)::vector from generate_series(1,1500) i),'a');
insert into toast values (1,(select array_agg(i/7.0)::vector from generate_series(1,3000) i),(select array_agg(i%100)::vector::halfvec from generate_series(1,3000) i),(select ('{'||string_agg(i||':'||i/7.0,',')||'}/5000')::sparsevec from generate_series(1,900) i),'a');
