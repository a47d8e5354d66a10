"""A real sshd on the loopback interface: its own keys, configuration and port, in a folder of its own."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

_PLACES = "/usr/sbin:/usr/local/sbin:/usr/bin"


class Sshd:
    """Runs sshd; use it in a `with`.

    Args:
        folder: an empty folder for its keys and configuration.

    Attributes:
        port: where it listens on 127.0.0.1.

    Raises:
        SystemExit: it is not installed, or does not start.

    """

    def __init__(self, folder: Path) -> None:
        program = shutil.which("sshd", path=_PLACES)
        if program is None or shutil.which("ssh") is None:
            sys.exit("sshd and ssh are needed: apt install openssh-server openssh-client")
        self._folder = folder
        self.port = _free_port()
        for name in ("host", "user"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True
            )
        config = folder / "sshd_config"
        config.write_text(
            f"ListenAddress 127.0.0.1:{self.port}\nHostKey {folder / 'host'}\n"
            f"AuthorizedKeysFile {folder / 'user.pub'}\nPidFile none\nStrictModes no\nUsePAM no\n"
            "PermitRootLogin prohibit-password\nPasswordAuthentication no\nUseDNS no\nCompression no\n"
        )
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it gives up its rights
        self._process = subprocess.Popen(
            [program, "-D", "-e", "-f", str(config)], stderr=(folder / "sshd.log").open("wb")
        )
        self._wait()

    def __enter__(self) -> Sshd:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()

    def command(self, port: int, command: Sequence[str], environ: Mapping[str, str]) -> list[str]:
        """Return what runs a command on a terminal over ssh.

        Args:
            port: that of the server, or of what passes connections on to it.
            command: what to run.
            environ: the whole environment it gets; it runs in this folder.

        """
        given = [f"{name}={value}" for name, value in environ.items()]
        remote = f"cd {shlex.quote(str(Path.cwd()))} && exec env -i {shlex.join([*given, *command])}"
        options = [
            "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR",
            "IdentitiesOnly=yes", "Compression=no",
        ]  # fmt: skip
        return [
            "/usr/bin/env", "ssh", "-tt", "-F", "/dev/null",
            "-i", str(self._folder / "user"), "-p", str(port),
            *(part for option in options for part in ("-o", option)),
            f"{getpass.getuser()}@127.0.0.1", remote,
        ]  # fmt: skip

    def _wait(self) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        sys.exit(f"sshd does not start: {(self._folder / 'sshd.log').read_text()[-500:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
