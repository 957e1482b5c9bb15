"""A learner in a class: logs in to the hub through its pages, and runs code in a kernel."""

import contextlib
import functools
import json
import time
import uuid

import requests
import websocket

HUB = "http://127.0.0.1:8000"


class Died(Exception):
    """The kernel died while it ran the code."""


class Learner:
    """One name and password, and the cookies of one browser."""

    def __init__(self, name, password="a long secret"):
        self.name, self.password = name, password
        self.browser = requests.Session()
        self.server = f"{HUB}/user/{name}"

    def log_in(self):
        """Send the form of the login page; return whether the hub let the learner in."""
        self.browser.get(f"{HUB}/hub/login").raise_for_status()
        form = {"username": self.name, "password": self.password, "_xsrf": self.xsrf()}
        self.browser.post(f"{HUB}/hub/login?next=/hub/home", data=form)
        return any(
            cookie.name.startswith("jupyterhub-hub-login") for cookie in self.browser.cookies
        )

    def xsrf(self):
        return next(c.value for c in self.browser.cookies if c.name == "_xsrf" and "/hub" in c.path)

    def hub(self, method, path, **options):
        """Ask the hub's API with the rights of this learner."""
        headers = {"X-XSRFToken": self.xsrf(), "Referer": f"{HUB}/hub/home"}
        return self.browser.request(method, f"{HUB}/hub/api/{path}", headers=headers, **options)

    def token(self):
        """Return a header for requests with all rights of this learner."""
        answer = self.hub("POST", f"users/{self.name}/tokens", json={})
        answer.raise_for_status()
        return {"Authorization": f"token {answer.json()['token']}"}

    def start(self):
        """Start the learner's server, and wait until it answers."""
        self.hub("POST", f"users/{self.name}/server").raise_for_status()
        self.headers = self.token()
        for _ in range(120):
            answer = requests.get(f"{self.server}/api/status", headers=self.headers)
            if answer.ok and "kernels" in answer.json():
                return
            time.sleep(0.5)
        raise TimeoutError(f"the server of {self.name} does not answer: {answer.text[:300]}")

    def stop(self):
        """Stop the learner's server, and wait until it is gone."""
        self.hub("DELETE", f"users/{self.name}/server").raise_for_status()
        while self.hub("GET", f"users/{self.name}").json()["servers"]:
            time.sleep(0.2)

    def api(self, method, path, **options):
        answer = requests.request(
            method, f"{self.server}/api/{path}", headers=self.headers, **options
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    @contextlib.contextmanager
    def kernel(self):
        """Start a kernel beside the learner's lessons; yield its `execute`."""
        kernel = self.api("POST", "kernels", json={"name": "python3"})["id"]
        try:
            with self.connected(kernel) as run:
                yield run
        finally:
            self.api("DELETE", f"kernels/{kernel}")

    @contextlib.contextmanager
    def connected(self, kernel):
        """Connect to a kernel that runs; yield its `execute`."""
        url = f"{self.server.replace('http', 'ws')}/api/kernels/{kernel}/channels"
        socket = websocket.create_connection(url, timeout=600, header=self.headers)
        try:
            yield functools.partial(execute, socket)
        finally:
            socket.close()


def execute(socket, code):
    """Run code; return what it printed, an error as its traceback's last line.

    Raises
    ------
    Died
        If the kernel died at it.
    """
    message = uuid.uuid4().hex
    header = {"msg_id": message, "msg_type": "execute_request", "username": "", "session": message}
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
    request = {"header": header | {"version": "5.4"}, "content": content, "channel": "shell"}
    socket.send(json.dumps(request | {"parent_header": {}, "metadata": {}, "buffers": []}))
    text = []
    while True:
        data = socket.recv()
        if not isinstance(data, str):
            continue
        answer = json.loads(data)
        kind, content = answer["msg_type"], answer["content"]
        if kind == "status" and content["execution_state"] in ("restarting", "dead"):
            raise Died
        if answer["parent_header"].get("msg_id") != message:
            continue
        if kind == "stream":
            text.append(content["text"])
        elif kind == "error":
            text.append(f"{content['ename']}: {content['evalue']}")
        elif kind == "status" and content["execution_state"] == "idle":
            return "".join(text)
