"""What the command line does, one file a group of commands; `cli.py` only reads the arguments."""
