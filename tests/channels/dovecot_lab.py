"""A real Dovecot of our own, IMAP and POP3, on free ports of loopback, as an ordinary user."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.outbox.cast import wait_until

PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
PASSWORD = "clave «ñ» 1"  # noqa: S105 - of a server that lives for a test
USER, FOLDERS = "ventas@estacion.test", ("Bajas y ñandú",)
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap pop3
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
ssl = {ssl}
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail
mail_max_userip_connections = 50
namespace inbox {{
  inbox = yes
}}
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
"""


def is_installed() -> bool:
    names = ("imap", "pop3")
    return bool(shutil.which("dovecot", path=PLACES)) and all(
        Path("/usr/lib/dovecot", name).exists() for name in names
    )


@dataclass
class Dovecot:
    folder: Path
    ports: dict[str, int]

    def port(self, protocol: str, security: str) -> int:
        return self.ports[f"{protocol}s" if security == "tls" else protocol]

    def deliver(self, content: bytes, name: str, folder: str = "") -> Path:
        """Put a mail into the mailbox, as a delivery agent does: written, then moved."""
        place = self._place(folder)
        written = place / "tmp" / name
        written.write_bytes(content)
        written.chmod(0o644)
        found = written.rename(place / "new" / name)
        _give(self.folder, found)
        return found

    def names(self, folder: str = "") -> list[str]:
        """Return every mail with its flags, as the files say."""
        place = self._place(folder)
        return sorted(one.name for sub in ("new", "cur") for one in (place / sub).iterdir())

    def is_read(self) -> bool:
        """Whether a mail has the flag of one that was read."""
        flags = (name.partition(":2,")[2] for name in self.names())
        return any("S" in one or "T" in one for one in flags)

    def make_anew(self) -> None:
        """Let the folder be a new one, with all its mails (RFC 3501 2.3.1.1)."""
        for place in (self.folder / "mail").glob("dovecot*"):
            place.unlink() if place.is_file() else shutil.rmtree(place)

    def _place(self, folder: str) -> Path:
        return self.folder / "mail" / (f".{folder}" if folder else "")


@contextmanager
def dovecot(certificate: Path, *, ssl: str = "yes") -> Iterator[Dovecot]:
    """Run one with an empty mailbox; `certificate`: the folder that has it and its key."""
    with tempfile.TemporaryDirectory(prefix="dovecot-", dir="/tmp") as made:
        folder = Path(made)
        found = Dovecot(folder, {name: _free_port() for name in ("imap", "imaps", "pop3", "pop3s")})
        for name in ("certificate.pem", "key.pem"):
            shutil.copy(certificate / name, folder / name)
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        (folder / "run").mkdir()
        for name in ("", *FOLDERS):
            for part in ("cur", "new", "tmp"):
                (found._place(_utf7(name)) / part).mkdir(parents=True)
        who = _user()
        values = {"uid": who.pw_uid, "gid": who.pw_gid, "user": who.pw_name}
        group = subprocess.check_output(("id", "-gn", who.pw_name), text=True).strip()
        (folder / "dovecot.conf").write_text(
            CONFIG.format(folder=folder, group=group, ssl=ssl, **values, **found.ports)
        )
        _give(folder, folder, *folder.rglob("*"))
        command = ["dovecot", "-F", "-c", str(folder / "dovecot.conf")]
        command[0] = shutil.which("dovecot", path=PLACES) or command[0]
        if os.geteuid() == 0:
            command = [
                "setpriv",
                "--reuid",
                str(who.pw_uid),
                "--regid",
                str(who.pw_gid),
                "--clear-groups",
                *command,
            ]
        process = subprocess.Popen(command, cwd="/")
        try:
            wait_until(lambda: all(_is_listening(found.ports[name]) for name in ("imap", "pop3")))
            yield found
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait(5)


def _utf7(name: str) -> str:
    return name.replace("ñ", "&APE-").replace("ú", "&APo-")


def _user() -> pwd.struct_passwd:
    """Return whom it runs as: root's mailboxes it does not serve."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def _give(folder: Path, *paths: Path) -> None:
    if os.geteuid() == 0:
        who = _user()
        for path in paths:
            os.chown(path, who.pw_uid, who.pw_gid)
    folder.chmod(0o755)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_listening(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
        return True
    return False
