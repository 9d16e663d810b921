"""Read tables: header rows, columns, rows."""
