"""What is installed with the program beside its code."""
