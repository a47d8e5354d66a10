"""`posetui serve`: the app in a browser."""

from __future__ import annotations

import ipaddress
import secrets
import sys
from importlib.util import find_spec
from urllib.parse import quote

import click

from posetui.commands.cast import words_of
from posetui.errors import OutputError, SettingsError
from posetui.settings import resolve

_PORT = click.IntRange(1, 65535)


@click.command(short_help="Show the app in a browser.")
@click.argument("source")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=_PORT, default=8000, show_default=True, help="Port to listen at.")
@click.option(
    "--token",
    metavar="TEXT",
    envvar="POSETUI_SERVE_TOKEN",
    help="What visitors have to know; not given: none on this machine, elsewhere a random one.",
)
@click.pass_context
def serve(ctx: click.Context, *, source: str, host: str, port: int, token: str | None) -> None:
    """Serve the app on SOURCE or a tape to browsers, until Ctrl-C.

    Each page that is open runs the app, and the networks, for itself; a camera can be opened by one of
    them. By default only this machine can connect. With another --host everybody who has the
    link with its token sees the source and can press all keys: nothing is encrypted, so use it in
    networks that you trust, or through an SSH tunnel. Other settings stand before the command or in the
    config file.

    \b
    Examples:
      posetui serve 0
      posetui --background none serve run.mcap --port 9000
      posetui serve 0 --host 0.0.0.0
      ssh -L 8000:127.0.0.1:8000 host posetui serve 0
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is
    from posetui.backends.opening import check_backend
    from posetui.sources.opening import check_source, display_title, kind_of
    from posetui.text import redact, safe_text

    if find_spec("textual_serve") is None:
        remedy = "Install it with: pip install 'posetui[serve]'"
        raise OutputError("serve needs textual-serve, which is not installed", remedy)
    if source == "-":
        raise SettingsError("serve takes no pictures from standard input", "Name a source")
    flags = {**(ctx.obj or {}), "source": source}
    settings = resolve(flags).values
    if kind_of(source) != "tape":
        check_backend(settings.backend)
    check_source(source)
    from posetui.serving.server import BrowserServer

    local = _is_local(host)
    if token is None and not local:
        token = secrets.token_urlsafe(24)
    shown = safe_text(redact(display_title(source)))
    command = [sys.executable, "-m", "posetui", *words_of(flags)]
    server = BrowserServer(command, host, port, f"posetui {shown}", token or None)
    link = f"http://{f'[{host}]' if ':' in host else host}:{port}/{f'?token={quote(token)}' if token else ''}"
    who = "Programs and users of this machine see" if local else "WARNING: everybody with this link sees"
    click.echo(f"{link}\n{who} {shown}, pictures of a camera included, unencrypted.", err=True)
    click.echo("Ctrl-C ends it.", err=True)
    server.run()


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
