"""The only home of DuckDB: schema, views, loading, publishing, reading questions."""
