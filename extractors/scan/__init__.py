"""Scans and photographs of pages: pictures become characters and rules, which extractors/geometry makes tables of."""
