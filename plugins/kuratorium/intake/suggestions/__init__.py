"""What people suggest from outside: issues of a forge, mail to the desk, and files in the edition."""
