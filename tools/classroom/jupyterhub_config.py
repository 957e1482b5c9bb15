"""JupyterHub for a class on one Linux machine with systemd. TEACHING.md says how to use it.

The hub runs as root. What it keeps is in STATE, which root alone can read: the names of the class
in class.txt, the passwords as bcrypt hashes, and for TLS tls.crt and tls.key.
"""

import pwd
import re
import subprocess
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parents[2]
STATE = Path("/var/lib/gradient-course")

c = get_config()  # noqa: F821

# --- Who ------------------------------------------------------------------------------------------

STATE.mkdir(exist_ok=True)
STATE.chmod(0o700)
if not (STATE / "class.txt").exists():
    sys.exit(
        f"Write the names of the class into {STATE}/class.txt, one a line, yours as: ada teacher"
    )
lines = (STATE / "class.txt").read_text(encoding="utf-8").splitlines()
for line in filter(None, map(str.strip, lines)):
    # A name becomes part of an account's, learner-ada, which has at most 32 characters.
    if not re.fullmatch("[a-z][a-z0-9-]{0,22}( +teacher)?", line):
        sys.exit(f"class.txt: not {line!r}, but a name of a-z, 0-9 and -, and perhaps: teacher")
members = [line.split() for line in lines if line.strip()]

c.JupyterHub.authenticator_class = "firstuseauthenticator.FirstUseAuthenticator"
c.FirstUseAuthenticator.dbm_path = str(STATE / "passwords.dbm")
c.FirstUseAuthenticator.create_users = False  # a name that is not in the class gets no password
c.FirstUseAuthenticator.min_password_length = 10
c.Authenticator.allowed_users = {name for name, *_ in members}
c.Authenticator.admin_users = {name for name, *role in members if role}

# --- Where ----------------------------------------------------------------------------------------

# TLS ends at the proxy; from there to the servers it is HTTP on the loopback. Without a
# certificate the hub is on the loopback only: passwords do not cross a network in clear.
if (STATE / "tls.crt").exists():
    c.JupyterHub.bind_url = "https://:443"
    c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = str(STATE / "tls.crt"), str(STATE / "tls.key")
else:
    c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.db_url = f"sqlite:///{STATE}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
proxy = COURSE / "tools/classroom/node_modules/.bin/configurable-http-proxy"
c.ConfigurableHTTPProxy.command = [str(proxy)]
c.JupyterHub.cleanup_servers = False  # learners work on while the hub restarts

# --- What each learner gets -----------------------------------------------------------------------


def make_account(spawner):
    """Make the learner's Linux account, at the first login; nobody can log in with it elsewhere."""
    name = f"learner-{spawner.user.name}"
    if name not in {account.pw_name for account in pwd.getpwall()}:
        private = ["--create-home", "--key", "HOME_MODE=0700"]
        subprocess.run(["useradd", *private, "--shell", "/bin/bash", name], check=True)


# Learners run this Python: it and the course cannot be in a folder that is only somebody's.
nobody = ["runuser", "--user", "nobody", "--", sys.executable, "-c", "import jupyterhub"]
if subprocess.run(nobody, cwd="/").returncode:
    sys.exit(f"Learners cannot run {sys.executable}: put the course where all may read, as /opt")

c.JupyterHub.spawner_class = "systemdspawner.SystemdSpawner"
c.Spawner.pre_spawn_hook = make_account
c.SystemdSpawner.username_template = "learner-{USERNAME}"
c.Spawner.mem_limit = "3G"
c.Spawner.cpu_limit = 2.0
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.isolate_devices = True
c.SystemdSpawner.unit_extra_properties = {
    "ProtectSystem": "strict",  # all is read-only, the course and its environment too
    "ReadWritePaths": "/home/learner-{USERNAME}",
    "ProtectProc": "invisible",
    "MemorySwapMax": "0",
    "TasksMax": "1000",
}

c.Spawner.cmd = [sys.executable, str(COURSE / "tools/classroom/start.py")]
c.Spawner.notebook_dir = "~/gradient-course"
c.Spawner.default_url = "/lab/tree/notebooks"
c.Spawner.environment = {"JUPYTER_RUNTIME_DIR": "/tmp/jupyter"}  # each has a /tmp of its own
c.Spawner.args = [
    "--KernelManager.transport=ipc",  # on TCP, every account of the machine can hear a kernel
    # A lesson whose tab was closed gives back its memory after ten minutes.
    "--MappingKernelManager.cull_idle_timeout=600",
    "--MappingKernelManager.cull_interval=60",
]

# A server that nobody used for an hour is ended.
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]
