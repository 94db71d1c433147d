"""What every other package builds on: errors that people can act on, checked files, people and their roles, time."""
