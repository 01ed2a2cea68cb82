"""An issue goes out by mail: its mail version is handed to the tool that keeps the list."""
