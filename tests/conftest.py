"""What every test needs: OpenCV that loads where there are no display libraries."""

from posetui import native

native.prepare()
