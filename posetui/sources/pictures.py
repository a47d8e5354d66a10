"""Pictures as a tape holds them: JPEG, or PNG where nothing may be lost."""

from __future__ import annotations

from posetui.errors import SourceError
from posetui.pose.frame import Image
from posetui.sources.opencv import load_cv2
from posetui.sources.transform import is_picture

LOSSLESS = 0
"""Instead of a JPEG quality: PNG."""


def packed(image: Image, quality: int) -> bytes:
    """Return a picture (uint8 [H, W, 3], BGR) as JPEG of a quality from 1 to 100, or as PNG (`LOSSLESS`).

    Raises:
        SourceError: it has no pixels, or more than the format can hold.

    """
    cv2 = load_cv2()
    # PNG at its fastest: harder levels take twice the time and save a tenth.
    how = [cv2.IMWRITE_JPEG_QUALITY, quality] if quality else [cv2.IMWRITE_PNG_COMPRESSION, 1]
    try:
        done, data = cv2.imencode(".jpg" if quality else ".png", image, how)
    except cv2.error:
        done = False
    if not done:
        raise SourceError(f"a picture of {image.shape[1]}x{image.shape[0]} pixels cannot be stored on a tape")
    stored: bytes = data.tobytes()
    return stored


def unpacked(data: bytes) -> Image | None:
    """Return the picture (uint8 [H, W, 3], BGR) of a JPEG or PNG; None when it is neither, or too large."""
    import numpy as np

    cv2 = load_cv2()
    if not data:
        return None
    try:
        image: Image | None = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return image if is_picture(image) else None
