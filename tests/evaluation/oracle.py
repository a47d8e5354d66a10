"""What pycocotools says of a set."""

from __future__ import annotations

import contextlib
import importlib
import io
from typing import Any

import numpy as np

from posetui.evaluation.people import Found, Truth


def coco_json(truth: Truth) -> dict[str, Any]:
    """Return a truth as COCO's object."""
    annotations = []
    for row in range(len(truth)):
        seen = truth.labelled[row]
        points = np.column_stack([truth.points[row], np.where(seen, 2, 0)])
        annotations.append(
            {
                "id": row + 1,
                "image_id": int(truth.image[row]),
                "category_id": 1,
                "keypoints": points.ravel().tolist(),
                "num_keypoints": int(seen.sum()),
                "bbox": truth.box[row].tolist(),
                "area": float(truth.area[row]),
                "iscrowd": int(truth.crowd[row]),
            }
        )
    images = [{"id": number, "width": 640, "height": 640} for number in range(truth.images)]
    joints = list(truth.skeleton.joints)
    return {
        "info": {},
        "images": images,
        "annotations": annotations,
        "categories": [{"id": 1, "name": "person", "keypoints": joints}],
    }


def results_json(found: Found) -> list[dict[str, Any]]:
    """Return what was found as COCO's results."""
    return [
        {
            "image_id": int(found.image[row]),
            "category_id": 1,
            "keypoints": np.column_stack([found.points[row], found.confidence[row]]).ravel().tolist(),
            "score": float(found.score[row]),
        }
        for row in range(len(found))
    ]


def judge(truth: Truth, found: Found) -> Any:
    """Return pycocotools' evaluation, done."""
    coco: Any = importlib.import_module("pycocotools.coco").COCO
    evaluation: Any = importlib.import_module("pycocotools.cocoeval").COCOeval
    with contextlib.redirect_stdout(io.StringIO()):
        labels = coco()
        labels.dataset = coco_json(truth)
        labels.createIndex()
        judged = evaluation(labels, labels.loadRes(results_json(found)), "keypoints")
        judged.params.kpt_oks_sigmas = np.asarray(truth.skeleton.sigmas)
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    return judged


def ten_numbers(truth: Truth, found: Found) -> list[float]:
    """Return pycocotools' ten numbers; NaN where it says -1."""
    return [float("nan") if one == -1 else float(one) for one in judge(truth, found).stats]
