"""Do what a newcomer does: clone, `make run` with an empty home, sign in, look at home, Ctrl-C, and start again.

The first start plays the demonstration; in the end nothing of it may contradict anything else.

Plain Python, no package. Exit status 0 when all of it worked.
"""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST, SECOND, STOP = 600, 60, 60  # seconds
SERVICES = ("DATABASE_URL", "REDIS_URL", "ODOO_", "EMAIL_", "PORTAL_", "VAR_DIR", "SECRET_KEY", "VIRTUAL_ENV")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clone, home = Path(folder, "clone"), Path(folder, "home")
        home.mkdir()
        subprocess.run(["git", "clone", "-q", "--no-hardlinks", ROOT, clone], check=True)
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith((*SERVICES, "XDG_", "MAKE"))
        }
        port = free_port()
        environment = {**kept, "HOME": str(home), "PORTAL_PORT": str(port), "PIP_NO_CACHE_DIR": "1"}
        for limit in (FIRST, SECOND):
            visit(clone, environment, f"http://127.0.0.1:{port}", Path(folder, "log"), limit)
        left = [p for p in (port, port + 69) if answers(p)]
        assert not left, f"something still answers on {left}"
        subprocess.run(
            [".venv/bin/python", "manage.py", "check_consistency"], cwd=clone, env=environment, check=True
        )


def visit(clone: Path, environment: dict[str, str], address: str, log: Path, limit: int) -> None:
    """Start, sign in with the password that was printed, look at home, and stop with Ctrl-C."""
    began = time.monotonic()
    with log.open("wb") as output:
        run = subprocess.Popen(
            ["make", "run"], cwd=clone, env=environment, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        while "The portal is at" not in log.read_text():
            assert run.poll() is None, "make run ended by itself"
            assert time.monotonic() - began < limit, f"make run was not ready within {limit} s"
            time.sleep(0.3)
        print(f"ready after {time.monotonic() - began:.0f} s")
        walk(address, log.read_text())
        os.killpg(run.pid, signal.SIGINT)  # what a terminal does on Ctrl-C
        run.wait(STOP)
        said = log.read_text()
        assert "Stopped." in said and "Traceback" not in said, "it did not stop cleanly"
    except BaseException:
        print(log.read_text()[-8000:])
        raise
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)


def walk(address: str, said: str) -> None:
    user, password = account(said)
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = browser.open(f"{address}/accounts/login/", timeout=20).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token, "the sign-in form has no token"
    fields = {"csrfmiddlewaretoken": token[1], "login": user, "password": password}
    home = browser.open(f"{address}/accounts/login/", urllib.parse.urlencode(fields).encode(), timeout=20)
    page = home.read().decode()
    assert home.status == 200 and urllib.parse.urlsplit(home.url).path == "/", f"after signing in: {home.url}"
    assert "csrfmiddlewaretoken" in page and "</html>" in page, "home is not a page"
    style = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert style and browser.open(address + style[1], timeout=20).status == 200, "home has no stylesheet"
    print(f"{user} is signed in; home answers")


def account(said: str) -> tuple[str, str]:
    """A nurse of the demonstration, and the password that was printed for everybody."""
    password = re.search(r"^The sign-in page lets you pick .*\(password [^:]*: (.+)\)\.$", said, re.M)
    assert password, "no password was printed"
    return "asha.menon", password[1]


def free_port() -> int:
    """A port whose neighbour for the stand-in is free as well."""
    for port in range(8100, 8900, 7):
        if not answers(port) and not answers(port + 69):
            return port
    raise SystemExit("no free port")


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    try:
        main()
    except (AssertionError, subprocess.SubprocessError, OSError) as wrong:
        sys.exit(f"The walk failed: {wrong}")
