"""The tables' history: revisions run the same on SQLite and PostgreSQL."""
