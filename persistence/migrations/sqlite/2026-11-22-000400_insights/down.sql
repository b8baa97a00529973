DELETE FROM sqlite_stat1 WHERE idx IN ('activities_of_loop', 'responses_first', 'ideas_of_loop');
DROP INDEX activities_of_loop;
DROP INDEX responses_first;
DROP INDEX ideas_of_loop;
