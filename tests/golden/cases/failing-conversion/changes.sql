insert into t values (2,'NaN');
--@ wait FAILED
