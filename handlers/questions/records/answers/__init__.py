"""What answers each kind of record: a function from the reader's view and the question to a message."""
