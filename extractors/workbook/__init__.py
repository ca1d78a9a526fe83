"""Workbooks (.xlsx, .xlsm, .xls, .et): sheets as grids, cells as they are shown."""
