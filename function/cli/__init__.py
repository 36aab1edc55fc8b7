"""The `podidentity` command for people: what the function would answer, with no cluster and no cloud needed.

Each command has a file, and `main.py` lists them; the other files are what commands share. Only a command ends the program.
What decides an answer stays out: the commands ask function.compose.
"""
