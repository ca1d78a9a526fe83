"""Ruling lines and characters on pages become tables; knows no file format, serves PDF and scans alike."""
