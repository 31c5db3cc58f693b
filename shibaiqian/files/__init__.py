"""Files: a content-addressed store of sealed files. The record that owns a file says who may see it."""
