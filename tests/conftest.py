"""What every test needs: OpenCV that loads without display libraries; properties without a clock."""

from hypothesis import settings

from posetui import native

native.prepare()

# How long an example takes depends on what else the machine does.
settings.register_profile("posetui", deadline=None)
settings.load_profile("posetui")
