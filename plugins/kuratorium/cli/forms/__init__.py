"""The commands for those who edit in forms: schemas for editors of code, and the program of the page /admin/."""
