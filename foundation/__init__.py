"""What every room of the house may stand on: errors people can act on, checked files, people and their roles, time."""
