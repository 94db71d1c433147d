"""Settings, the composition root, the `pmo` command, and in `engine` the loops that make the bot run."""
