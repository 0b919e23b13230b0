"""Tables people hand in: CSV in any usual encoding, gzip, XLSX, XLS and ODS, read as they are."""

from web.tables.model import CUT_OFF, Cell, Row, TableError
from web.tables.reading import Table, open_table, rows

__all__ = ["CUT_OFF", "Cell", "Row", "Table", "TableError", "open_table", "rows"]
