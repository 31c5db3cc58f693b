"""The field app's shell: plain files under /m/ (a shell from a view would carry `Vary` and fail offline), built by frontend/build.py."""

from pathlib import Path
from wsgiref.headers import Headers

FOLDER = "m"
# No inline script, no eval, no other host. Pictures and voice memos are shown from the phone's own memory (blob:).
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)


def root(built: Path) -> Path | None:
    """The folder that is served from the root of the site; none where the front end is not built."""
    folder = built / "root"
    return folder if (folder / FOLDER / "index.html").exists() else None


def add_headers(headers: Headers, path: str, url: str) -> None:
    """A browser asks each time whether the shell is new; what it is made of has hashes in its names and stays for ever."""
    if url.startswith(f"/{FOLDER}/"):
        headers["Cache-Control"] = "no-cache"
        headers["Content-Security-Policy"] = POLICY
        headers["Permissions-Policy"] = "camera=(self), microphone=(self), geolocation=(self)"
