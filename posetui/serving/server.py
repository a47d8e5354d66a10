"""Serves a terminal app to browsers, on textual-serve: a process of its own for each page that is open."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from importlib.resources import files

from aiohttp import web
from textual_serve.server import Server

from posetui.errors import OutputError
from posetui.serving.guard import guard

_SHUTDOWN_S = 2.0


class BrowserServer(Server):
    """textual-serve with a guard before it, and a page that loads nothing from elsewhere.

    Args:
        command: what runs for each page.
        host: the address to listen at.
        port: the port to listen at.
        title: of the page.
        token: what visitors have to know; None for nothing.

    """

    def __init__(self, command: Sequence[str], host: str, port: int, title: str, token: str | None) -> None:
        super().__init__(shlex.join(command), host=host, port=port, title=title)
        self._token = token

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(guard(self._token))
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing: the command has said what there is to say."""

    async def handle_index(self, request: web.Request) -> web.Response:
        """Return the page: it finds everything beside itself, by whatever name it was reached."""
        from html import escape

        page = files("posetui.serving").joinpath("page.html").read_text(encoding="utf-8")
        headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}
        return web.Response(
            text=page.replace("{{ title }}", escape(self.title)), content_type="text/html", headers=headers
        )

    def run(self) -> None:
        """Serve until interrupted; raises OutputError when the address cannot be had."""
        try:
            web.run_app(
                self._make_app(),
                host=self.host,
                port=self.port,
                print=None,
                access_log=None,  # it would have the token
                shutdown_timeout=_SHUTDOWN_S,
            )
        except OSError as error:
            raise OutputError(
                f"Nothing can be served at {self.host}:{self.port}: {error.strerror}", "Choose another --port"
            ) from error
