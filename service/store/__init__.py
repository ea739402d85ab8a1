"""The only room that knows SQL: the tables, the database, and one file per thing stored."""
