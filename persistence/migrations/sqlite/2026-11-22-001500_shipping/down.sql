DROP INDEX shipments_with_address;
DROP INDEX applications_seated;
