"""Pages of selection: from a list of candidates to the printed appointment, and the register of what was issued."""
