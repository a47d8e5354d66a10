"""The skeleton: a named keypoint set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A keypoint set: joints in order, the limbs drawn between them, sides, and OKS sigmas.

    Attributes:
        name: short name as the user types it, e.g. `openpose-18`.
        joints: joint names in order, lower case with underscores, e.g. `left_shoulder`.
        limbs: pairs of joint indices that are joined by a line.
        pairs: (left, right) joint indices that swap when the picture is mirrored.
        sigmas: OKS standard deviation of each joint, relative to the square root of the person's area.
        head: indices of the joints of the head, for drawing.

    """

    name: str
    joints: tuple[str, ...]
    limbs: tuple[tuple[int, int], ...]
    pairs: tuple[tuple[int, int], ...]
    sigmas: tuple[float, ...]
    head: tuple[int, ...]

    def __post_init__(self) -> None:
        count = len(self.joints)
        if len(set(self.joints)) != count or len(self.sigmas) != count:
            raise ValueError(f"skeleton {self.name}: joints must be unique and have one sigma each")
        used = {i for group in (*self.limbs, *self.pairs, self.head) for i in group}
        if used and not (min(used) >= 0 and max(used) < count):
            raise ValueError(f"skeleton {self.name}: an index is outside 0..{count - 1}")

    def __len__(self) -> int:
        return len(self.joints)

    def index(self, joint: str) -> int:
        """Return the index of a joint by name; ValueError when the skeleton has none such."""
        return self.joints.index(joint)
