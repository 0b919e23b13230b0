"""What was said to be kept is kept, also when the process is killed in the middle of its work.

A killed process loses nothing that the operating system already holds; that the disk has it too when the
power goes is what the connection settings promise, see tests/hub/test_database.py.
"""
