"""The `podidentity` command for people: what the function would answer, with no cluster and no cloud needed.

One file a command, whose name in `main.py` is all that it takes to add it. A command returns its exit code; nothing below one
ends the program. What decides an answer stays out: the commands ask function.compose.
"""
