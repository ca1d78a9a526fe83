"""Tests; a package so that they share tests.builders."""
