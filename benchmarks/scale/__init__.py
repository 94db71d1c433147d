"""How the cost of each operation grows with what is stored."""
