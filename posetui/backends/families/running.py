"""A recognised network, run: pictures in, the outputs of its family out."""

from __future__ import annotations

import numpy as np

from posetui.backends.families.picture import tables, tensor
from posetui.backends.families.plan import Plan, fits
from posetui.backends.network import Array, Network
from posetui.errors import BackendError
from posetui.pose.frame import Image


class Runner:
    """A network and its plan.

    Args:
        network: the network.
        plan: how it is used.

    """

    def __init__(self, network: Network, plan: Plan) -> None:
        self.network = network
        self.plan = plan
        self._table = tables(plan.look)

    def feed(self, pictures: list[Image]) -> list[Array]:
        """Return the tensors for pictures (uint8 [H, W, 3], BGR, of one size), one a call of the network."""
        batch = self.plan.match.batch
        whole = tensor(pictures, self.plan.look, self._table)
        if batch is None:
            return [whole]
        missing = -len(whole) % batch
        if missing:
            whole = np.concatenate([whole, np.zeros((missing, *whole.shape[1:]), whole.dtype)])
        return [whole[start : start + batch] for start in range(0, len(whole), batch)]

    def run(self, feed: list[Array], count: int) -> list[Array]:
        """Return the outputs that count, in the decoder's order, for so many pictures.

        Raises:
            BackendError: the network failed, or gave what its family does not give.

        """
        parts = [self.network.run(one) for one in feed]
        outputs = []
        for index in self.plan.match.outputs:
            arrays = [np.asarray(part[index]) for part in parts]
            outputs.append((arrays[0] if len(arrays) == 1 else np.concatenate(arrays))[:count])
        if not fits(outputs, self.plan.match, len(self.plan.skeleton)) or len(outputs[0]) != count:
            found = ", ".join(str(list(one.shape)) for one in outputs)
            raise BackendError(
                f"The network gave {found}, which is not what {self.plan.match.family} "
                f"with {len(self.plan.skeleton)} joints gives",
                "Name its family and skeleton in a sidecar: docs/backends.md.",
            )
        return outputs

    def prove(self) -> None:
        """Run the network on an empty picture; raises BackendError as `run` does."""
        width, height = self.plan.size or (self.plan.longer, self.plan.longer)
        self.run(self.feed([np.zeros((height, width, 3), np.uint8)]), 1)
