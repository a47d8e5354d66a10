"""`posetui data`: sets of labelled images, prepared for evaluation."""

from __future__ import annotations

import click

from posetui.commands.data_changing import convert, resize, split
from posetui.commands.data_checking import check


@click.group(name="data")
def data() -> None:
    """Prepare sets of labelled images for evaluation: check, resize, convert, split.

    Sets are COCO keypoints, PoseTrack18, LSP and MPII, each as JSON. docs/data.md says more.

    \b
    Examples:
      posetui data check person_keypoints.json --images val2017
      posetui data resize person_keypoints.json --images val2017 --size 640x640 -o small
      posetui data convert joints.json --to coco-truth --images images -o truth.json
      posetui data split person_keypoints.json --parts train=8,val=2 --seed 1 -o parts
    """  # noqa: D301 - the backspace is click's mark for a paragraph to leave as it is


for _command in (check, resize, convert, split):
    data.add_command(_command)
