"""Why the database cannot be used, said to whoever runs the machine."""

MEND = "请设置 SHIBAIQIAN_HOME=<可写的文件夹>，或设置 DATABASE_URL 使用已有的 PostgreSQL（15 及以上）。"


class EmbeddedRefused(RuntimeError):
    """The database cannot be used as it stands; the message, in Chinese, says what, where and how to mend it."""
