insert into sig values ('c1','execute-snapshot','{"data-collections":["public.u","public.t"],"type":"BLOCKING"}');
--@ settle
--@ wait-streaming
insert into sig values ('c2','execute-snapshot','{"data-collections":["public.nopk","public.t"],"additional-conditions":[{"data-collection":"public.t","filter":"nosuch=2"}]}');
--@ settle
insert into t values (4,'end');
