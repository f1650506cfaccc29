create table tk(k text primary key, s int, v text); alter table tk alter k set storage external; alter table tk alter v set storage external;
create table ix(id int not null, big text not null, s int); alter table ix alter big set storage external; create unique index ixi on ix(id); alter table ix replica identity using index ixi;
