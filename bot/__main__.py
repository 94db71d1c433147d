"""Where `pmo` and `python -m bot` begin. Loading the program takes a second or two, so it says that first."""

from bot.progress import show_progress


def main() -> None:
    with show_progress("Starting PMO Assistant"):
        from bot.cli import main as run_command
    run_command()


if __name__ == "__main__":
    main()
