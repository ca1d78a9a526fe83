"""Drawings of office files: shapes and lines, whatever markup they are written in, become flow charts."""
