"""Rosters (名册) that providers send: files in, entries and a report by line and column out."""
