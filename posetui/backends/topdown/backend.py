"""The topdown backend: everybody is found by one network and looked at closer by others.

Source: the top-down scheme of Papandreou et al., "Towards Accurate Multi-person Pose Estimation in the
Wild", 2017, on MoveNet (Votel and Li, 2021) and BlazePose (Bazarevsky et al., 2020).
"""

from __future__ import annotations

import time

from posetui.backends.base import BackendOptions, Estimate
from posetui.backends.blazepose.landmarker import Timings
from posetui.backends.movenet.multi import heat_of
from posetui.backends.topdown.finding import Finder, Whole
from posetui.backends.topdown.looking import Looker
from posetui.backends.topdown.stages import TwoStages
from posetui.pose.frame import Image
from posetui.pose.heat import HeatMaps
from posetui.pose.skeletons import COCO_17


class TopDown:
    """Many people, each with the joints of a network for one; see `posetui.backends.base.Backend`.

    Args:
        variant: there is none; ignored.
        options: `detail` chooses what the first stage sees (`high` adds four parts of the picture) and
            what closer looks may cost a frame; `refine` who looks; `max_people`, 20 if not given.

    Raises:
        BackendError: a network cannot be loaded, or the device is not there.
        WeightsError: a file is missing or changed.

    """

    name = "topdown"
    skeleton = COCO_17
    has_heat_maps = True

    def __init__(self, variant: str, options: BackendOptions) -> None:
        self.max_people = options.max_people or 20
        self.model = (
            f"movenet_multipose + {options.refine}" if options.refine != "none" else "movenet_multipose"
        )
        self._timings = Timings()
        self._finder = Finder(options, max(self.max_people, 20), self._timings)
        self._looker = Looker(options.refine, options.device, self._timings)
        self._stages = TwoStages(self._finder, self._looker, options.detail, options.refine, self.max_people)
        networks = [self._finder.network, *self._looker.networks]
        self.networks = ("movenet_multipose_lightning", *self._looker.names)
        self.device = networks[0].device
        self.note = next((network.note for network in networks if network.note), "")

    def prepare(self, image: Image) -> Whole:
        """Return what the first stage sees of the whole image; see `posetui.backends.base.Preparing`."""
        return self._finder.prepare(image)

    def estimate(
        self, image: Image, seconds: float, *, heat_maps: bool = False, prepared: object = None
    ) -> Estimate:
        """Return the poses of an image, COCO_17, in pixels; see `posetui.backends.base.Backend`."""
        whole = prepared if isinstance(prepared, Whole) else self.prepare(image)
        start = time.perf_counter()
        timings = self._timings
        timings.preprocess = timings.infer = 0.0
        outcome = self._stages.run(image, seconds, heat_maps=heat_maps, whole=whole)
        maps = None
        if heat_maps:
            maps = HeatMaps(COCO_17.joints, (heat_of(outcome.sight), *outcome.patches))
        # Whatever is no preparation and no network comes after one of them.
        timings.postprocess = (time.perf_counter() - start) * 1e3 - timings.preprocess - timings.infer
        timings.preprocess += whole.timings.preprocess
        timings.infer += whole.timings.infer
        return Estimate(outcome.poses, timings.to_dict(), maps)

    def close(self) -> None:
        """Release the networks. May be called twice."""
        self._finder.close()
        self._looker.close()
