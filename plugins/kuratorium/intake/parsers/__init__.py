"""Feeds and pages of many formats, read into entries: functions of bytes."""
