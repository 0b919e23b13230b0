"""Bring in what an office already has: rooms, residents, staff and categories from a spreadsheet.

Everything is checked before anything is written; a file with one bad cell changes nothing.
"""
