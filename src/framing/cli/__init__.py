"""The command line, one small file a group of commands. Each command parses, calls one function and prints."""
