"""`make bench-answers`: how right the answers are, and how search compares with other rankers on the same passages."""
