"""Pages of selection: for those who plan, match, decide and appoint."""
