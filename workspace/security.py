"""The page's protection: only loopback names, only its own origin, a strict content security policy."""

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

POLICY = (
    "default-src 'self'; img-src 'self' data: https:; style-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PROTECTED_PATHS = ("/api/", "/client/", "/control/")  # what answers by doing something, whatever the verb
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def guard_origin(host: str) -> Middleware:
    """Refuses a Host that is not loopback (a rebound name of a foreign page) unless the workspace was told to listen
    elsewhere, and everything but reading the page from a foreign one."""
    open_to_others = not _is_loopback(host)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not open_to_others and not _is_loopback(_host_name(request.host)):
            return web.Response(status=403, text="This workspace answers on loopback addresses only.")
        if _is_foreign(request):
            return web.Response(status=403, text="This workspace takes nothing from another origin.")
        return await handler(request)

    return middleware


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/static"):  # after an upgrade no browser may go on with the modules of before
        response.headers.setdefault("Cache-Control", "no-cache")


def _is_foreign(request: web.Request) -> bool:
    """Whether another page asks, for what only the app, the tests and our own page may ask: the Web API takes GET, too,
    and a picture's address carries no Origin, but says from where it is fetched."""
    origin = request.headers.get("Origin")
    changes = request.method not in ("GET", "HEAD") or request.headers.get("Upgrade", "").lower() == "websocket"
    asked = changes or request.path.startswith(PROTECTED_PATHS)
    fetched = request.headers.get("Sec-Fetch-Site", "") in ("cross-site", "same-site")
    return asked and (fetched or (origin is not None and urlsplit(origin).netloc != request.host))


def _host_name(host: str) -> str:
    return urlsplit(f"//{host}").hostname or ""


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
