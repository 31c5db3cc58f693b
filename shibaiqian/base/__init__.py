"""No business words: clocks, workdays, paging, spreadsheets, the embedded database."""
