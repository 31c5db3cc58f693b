"""Settings, URLs, the command line, middleware: where the contexts are put together."""
