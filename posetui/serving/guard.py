"""Who may see what is served: whoever has the token; without one, this machine's own browser pages alone."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

COOKIE, QUERY = "posetui_token", "token"
_LOCAL = ("localhost", "127.0.0.1", "::1")
_NEEDED = "401: open the link with the token that posetui printed.\n"
_FOREIGN = "403: only pages of posetui itself may ask for this.\n"


def guard(token: str | None) -> Middleware:
    """Return the middleware that lets in who has the token, or without one, who is on this machine.

    Any page that a browser shows may ask anything of 127.0.0.1, a WebSocket included: so whatever comes from
    a page of another origin is refused, and without a token whatever reached us by another name (DNS
    rebinding).
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _same_origin(request):
            return web.Response(status=403, text=_FOREIGN)
        if token is None:
            local = _host(f"//{request.host}") in _LOCAL
            return await handler(request) if local else web.Response(status=403, text=_FOREIGN)
        if (given := request.query.get(QUERY)) is not None and _equal(given, token):
            # From here on the cookie has it: it should not stand in the address bar and in histories.
            welcome = web.Response(status=303, headers={"Location": request.path})
            welcome.set_cookie(COOKIE, token, httponly=True, samesite="Strict")
            return welcome
        if _equal(request.cookies.get(COOKIE, ""), token):
            return await handler(request)
        return web.Response(status=401, text=_NEEDED)

    return check


def _same_origin(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _equal(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())
