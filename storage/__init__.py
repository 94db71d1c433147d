"""The only SQL in the project: tables, migrations, rows ↔ records, transactions."""
