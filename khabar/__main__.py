"""`python -m khabar` is the command line."""

from khabar.cli import main

main()
