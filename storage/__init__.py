"""The only SQL of the house: tables, migrations, rows ↔ records, transactions."""
