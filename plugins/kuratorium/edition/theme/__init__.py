"""An edition's own theme: its files stand in front of the program's."""
