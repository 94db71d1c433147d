"""Protection of the page: loopback host names only, its own origin only, and a strict content security policy."""

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

POLICY = (
    "default-src 'self'; img-src 'self' data: https:; style-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PROTECTED_PATHS = ("/api/", "/client/", "/control/")  # requests here can change something, whatever their HTTP method
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def guard_origin(host: str) -> Middleware:
    """Return middleware that refuses requests other sites could make in a person's browser.

    It refuses Host headers that aren't loopback, unless the workspace listens on another address, and every request
    from another origin except for the page itself.
    """
    open_to_others = not _is_loopback(host)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        # A foreign page can point its own DNS name at 127.0.0.1 and then counts as the same origin. Its requests
        # still carry that name in Host, so only loopback names are accepted.
        if not open_to_others and not _is_loopback(_host_name(request.host)):
            return web.Response(
                status=403, text="This workspace only accepts requests to a loopback address, such as localhost."
            )
        if _is_foreign(request):
            return web.Response(status=403, text="This workspace doesn't accept requests from another origin.")
        return await handler(request)

    return middleware


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/static"):  # after an upgrade, browsers must not mix old and new modules
        response.headers.setdefault("Cache-Control", "no-cache")


def _is_foreign(request: web.Request) -> bool:
    """Whether a page of another origin makes a request that only the app, tests and our own page may make.

    The Web API accepts GET as well, and the request for an `<img>` has no Origin header. Sec-Fetch-Site gives it away.
    """
    origin = request.headers.get("Origin")
    changes = request.method not in ("GET", "HEAD") or request.headers.get("Upgrade", "").lower() == "websocket"
    guarded = changes or request.path.startswith(PROTECTED_PATHS)
    cross_site = request.headers.get("Sec-Fetch-Site", "") in ("cross-site", "same-site")
    return guarded and (cross_site or (origin is not None and urlsplit(origin).netloc != request.host))


def _host_name(host: str) -> str:
    return urlsplit(f"//{host}").hostname or ""


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
