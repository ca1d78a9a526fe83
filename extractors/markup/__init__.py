"""Web pages, web archives and XML exports that go by the name of .xls or .doc."""
