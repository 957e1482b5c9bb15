"""JupyterHub for a class on one Linux machine with systemd. TEACHING.md says how to use it.

The hub runs as root. What it keeps is in STATE, which root alone can read: the names of the class
in class.txt, the passwords as bcrypt hashes, and for TLS tls.crt and tls.key.
"""

import pwd
import subprocess
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(COURSE))

from tools.classroom.members import PREFIX, STATE, Refused, members  # noqa: E402
from tools.classroom.passwords import Passwords  # noqa: E402

c = get_config()  # noqa: F821

# --- Who ------------------------------------------------------------------------------------------

STATE.mkdir(exist_ok=True)
STATE.chmod(0o700)
try:
    names = members(STATE / "class.txt")
except Refused as reason:
    sys.exit(reason)

c.JupyterHub.authenticator_class = Passwords
c.FirstUseAuthenticator.dbm_path = str(STATE / "passwords.dbm")
c.FirstUseAuthenticator.create_users = False  # a name that is not in the class gets no password
c.FirstUseAuthenticator.min_password_length = 10
c.Authenticator.allowed_users = set(names)
c.Authenticator.admin_users = {name for name, is_teacher in names.items() if is_teacher}

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
    name = f"{PREFIX}{spawner.user.name}"
    if name not in {account.pw_name for account in pwd.getpwall()}:
        private = ["--create-home", "--key", "HOME_MODE=0700"]
        subprocess.run(["useradd", *private, "--shell", "/bin/bash", name], check=True)


# Learners run this Python: it and the course cannot be in a folder that is only somebody's, and
# an update under a strict umask leaves files that only root can read.
nobody = ["runuser", "--user", "nobody", "--", sys.executable]
if subprocess.run([*nobody, "-c", "import jupyterhub"], cwd="/").returncode:
    sys.exit(f"Learners cannot run {sys.executable}: put the course where all may read, as /opt")
needed = ["build/student", "check", "data", "helpers", "tools/classroom", "verdict"]
look = [COURSE / "tools/classroom/members.py", *(COURSE / name for name in needed), sys.prefix]
looked = subprocess.run([*nobody, *look], cwd="/", stderr=subprocess.PIPE, text=True)
if looked.returncode:
    stuck = looked.stderr.splitlines()[-1]
    sys.exit(f"Learners cannot read {stuck}: type chmod -R a+rX {COURSE}, and start again")

c.JupyterHub.spawner_class = "systemdspawner.SystemdSpawner"
c.Spawner.pre_spawn_hook = make_account
c.SystemdSpawner.username_template = PREFIX + "{USERNAME}"
c.Spawner.mem_limit = "3G"
c.Spawner.cpu_limit = 2.0
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.isolate_devices = True
c.SystemdSpawner.unit_extra_properties = {
    "ProtectSystem": "strict",  # all is read-only, the course and its environment too
    "ReadWritePaths": f"/home/{PREFIX}{{USERNAME}}",
    "ProtectProc": "invisible",
    "MemorySwapMax": "0",
    "TasksMax": "1000",
}

c.Spawner.cmd = [sys.executable, str(COURSE / "tools/classroom/start.py")]
c.Spawner.notebook_dir = "~/gradient-course"
# As lab.py starts JupyterLab: on README.md as a page, without a question about news.
c.Spawner.default_url = "/lab/tree/README.md"
c.Spawner.environment = {
    "JUPYTER_CONFIG_PATH": str(COURSE / "helpers/jupyter"),
    "JUPYTER_RUNTIME_DIR": "/tmp/jupyter",  # each has a /tmp of its own
}
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
