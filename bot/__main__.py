"""Where `pmo` and `python -m bot` begin. Loading the program takes a second or two, so it says that first."""

import os
from contextlib import nullcontext

from bot.progress import show_progress

PRIVATE = 0o077  # what is created is for this user alone: the data has people's names and words in it


def main() -> None:
    os.umask(PRIVATE)
    # Before numpy is loaded. Its matrices are small here; with a thread for each processor, the threads spend more time
    # waiting for each other than calculating, and on a busy machine many times more.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    is_completion = "_PMO_COMPLETE" in os.environ  # the shell asks for suggestions while somebody types
    with nullcontext() if is_completion else show_progress("Starting PMO Assistant"):
        from bot.cli import main as run_command
    run_command()


if __name__ == "__main__":
    main()
