"""GnuPG as a contact point uses it, in a home of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PLAIN = ("--batch", "--quiet", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", "")
MODERN = "Key-Type: EDDSA\nKey-Curve: ed25519\nSubkey-Type: ECDH\nSubkey-Curve: cv25519"
WEAK = "Key-Type: RSA\nKey-Length: 1024\nSubkey-Type: RSA\nSubkey-Length: 1024"
OLD = "Key-Type: DSA\nKey-Length: 1024\nSubkey-Type: ELG\nSubkey-Length: 1024"
SIGNING = "Key-Type: EDDSA\nKey-Curve: ed25519\nKey-Usage: sign"


class Gnupg:
    """One person's GnuPG: makes keys, hands out the public half, reads mail."""

    def __init__(self, home: Path) -> None:
        self._home = home
        home.mkdir(mode=0o700)

    def generate(self, email: str, kind: str = MODERN, *, expires: str = "0") -> None:
        """Make a key without a passphrase; `expires` as GnuPG takes it ("0": never)."""
        asked = f"%no-protection\n{kind}\nName-Email: {email}\nExpire-Date: {expires}\n%commit\n"
        self._run("--gen-key", feed=asked.encode())

    def add_part(self, email: str, expires: str) -> None:
        """Add a part for encryption to a key that has none, or a newer one."""
        self._run("--quick-add-key", self.fingerprint(email), "cv25519", "encr", expires)

    def export(self, email: str, *, armor: bool = True) -> bytes:
        return self._run(*(["--armor"] if armor else []), "--export", email)

    def export_secret(self, email: str) -> bytes:
        return self._run("--armor", "--export-secret-keys", email)

    def fingerprint(self, email: str) -> str:
        listed = self._run("--with-colons", "--list-keys", email).decode()
        return next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))

    def revoke(self, email: str) -> None:
        """Revoke a key by the certificate that GnuPG wrote when it made the key."""
        file = self._home / "openpgp-revocs.d" / f"{self.fingerprint(email)}.rev"
        # The file has a colon in front, against importing it by mistake.
        self._run("--import", feed=file.read_bytes().replace(b"\n:---", b"\n---"))

    def decrypt(self, encrypted: bytes) -> bytes:
        return self._run("--decrypt", feed=encrypted)

    def stop(self) -> None:
        """End the agent that GnuPG leaves running."""
        environ = {**os.environ, "GNUPGHOME": str(self._home)}
        subprocess.run(["gpgconf", "--kill", "gpg-agent"], env=environ, check=True)

    def _run(self, *arguments: str, feed: bytes = b"") -> bytes:
        done = subprocess.run(
            ["gpg", *PLAIN, *arguments],
            input=feed,
            capture_output=True,
            env={**os.environ, "GNUPGHOME": str(self._home), "LC_ALL": "C"},
            timeout=300,
        )
        if done.returncode:
            raise AssertionError(f"gpg {' '.join(arguments)}: {done.stderr.decode()}")
        return done.stdout


def need_gnupg() -> None:
    """Skip, and say so, where GnuPG is not installed; under CI=true that is a failure."""
    if shutil.which("gpg") is None:
        reason = "GnuPG is not installed (Debian: gnupg): packets are not tried against it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
