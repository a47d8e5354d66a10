"""An RTSP server: GStreamer's, run by the system's Python. Prints two ports, serves until its input ends.

On both: /live is a camera without end, /short one that ends after 50 pictures. The second wants a password.
Only over TCP.
"""

import importlib
import sys
import threading

try:  # by name: the packages carry no types
    gi = importlib.import_module("gi")
    for name in ("Gst", "GstRtsp", "GstRtspServer"):
        gi.require_version(name, "1.0")
    GLib, Gst, GstRtsp, GstRtspServer = (
        importlib.import_module(f"gi.repository.{name}")
        for name in ("GLib", "Gst", "GstRtsp", "GstRtspServer")
    )
except (ImportError, ValueError) as error:
    sys.exit(f"missing: {error}")

CAMERA = (
    "( videotestsrc is-live=true num-buffers={count} ! video/x-raw,format=I420,width=320,height=240,"
    "framerate=25/1 ! jpegenc ! rtpjpegpay name=pay0 pt=26 )"
)
ROLE = "viewer"


def serve(user: str = "", password: str = "") -> str:
    """Start a server on a free port and return the port."""
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    if user:
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, ROLE)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
        server.set_auth(auth)
    for path, count in (("/live", -1), ("/short", 50)):
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(CAMERA.format(count=count))
        factory.set_protocols(GstRtsp.RTSPLowerTrans.TCP)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role(ROLE, GstRtspServer.RTSP_PERM_MEDIA_FACTORY_ACCESS, True)
        permissions.add_permission_for_role(ROLE, GstRtspServer.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, True)
        if user:
            factory.set_permissions(permissions)
        server.get_mount_points().add_factory(path, factory)
    server.attach(None)
    running.append(server)
    return str(server.get_bound_port())


Gst.init(None)
missing = [
    name for name in ("videotestsrc", "jpegenc", "rtpjpegpay", "rtpbin") if not Gst.ElementFactory.find(name)
]
if missing:
    sys.exit(f"missing: {', '.join(missing)}")
running: list[object] = []
print(serve(), serve("user", "hunter2"), flush=True)
loop = GLib.MainLoop()
threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
loop.run()
