DROP INDEX activities_of_loop;
DROP INDEX responses_first;
DROP INDEX ideas_of_loop;
