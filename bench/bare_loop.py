"""The peer: read, convert and estimate in one loop, as the library's own examples do; one JSON line.

    python bench/bare_loop.py CLIP TASK_FILE MAX_PEOPLE

Time runs from before the first frame is read, with everything loaded, until the last is estimated.
"""

from __future__ import annotations

import json
import sys
import time

from posetui.native import prepare


def main() -> None:
    """Run the clip and print frames, seconds and frames a second."""
    prepare()  # does nothing where the display libraries that cv2 and mediapipe link to are installed
    import cv2
    import mediapipe as mp
    from mediapipe.tasks.python import BaseOptions, vision

    clip, task, people = sys.argv[1:]
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=task),
        running_mode=vision.RunningMode.VIDEO,
        num_poses=int(people),
    )
    capture = cv2.VideoCapture(clip)
    rate = capture.get(cv2.CAP_PROP_FPS) or 25.0
    frames = posed = 0
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        start = time.monotonic()
        while True:
            good, image = capture.read()
            if not good:
                break
            rgb = mp.Image(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
            result = landmarker.detect_for_video(rgb, int(frames * 1000 / rate))
            frames += 1
            posed += bool(result.pose_landmarks)
        seconds = time.monotonic() - start
    print(json.dumps({"frames": frames, "with_pose": posed, "seconds": seconds, "fps": frames / seconds}))


if __name__ == "__main__":
    main()
