"""Names of the formats, for people to choose from; importing this loads nothing else."""

from __future__ import annotations

EXPORTS = {
    "coco-results": "COCO keypoint results: one JSON list",
    "coco-truth": "COCO keypoint ground truth: one JSON object",
    "openpose": "OpenPose's JSON 1.3: a folder, one file a frame",
    "posetrack18": "PoseTrack18: one JSON object, people tracked",
    "csv": "a table with one row a joint",
    "csv-wide": "a table with one row a person and frame",
    "parquet": "the same as csv, in columns; needs posetui[parquet]",
    "trc": "markers for OpenSim, one file a person",
    "foxglove": "MCAP with image annotations, and frames if the tape has them",
}
"""What a tape can be written as."""

IMPORTS = {
    "coco-truth": "COCO keypoint ground truth",
    "coco-results": "COCO keypoint results",
    "openpose": "a folder of OpenPose's JSON",
    "posetrack18": "PoseTrack18, truth or predictions",
    "lsp": "Leeds Sports Pose as JSON, or joints with names in its form",
    "mpii": "MPII Human Pose as JSON",
    "csv": "the table that --format csv writes, or any with frame, joint, x and y",
}
"""What a tape can be made from."""
