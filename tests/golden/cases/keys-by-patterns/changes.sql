update t1 set a='y'; update t2 set b=2; update rx set k1=6; update spaced set a='b'; update odd set v='y'; update half set k=2;
delete from t1; delete from rx; delete from odd; delete from half;
