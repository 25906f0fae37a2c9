"""The services of this host: started by the first use, one each, killed jobs, old code replaced."""

import os
import shutil
import signal
import socket
import threading
from pathlib import Path

import pytest
from hostservice import (
    ServiceBusy,
    ServiceClient,
    ServiceError,
    ServiceTimeout,
    ServiceUnavailable,
    daemon,
)
from hostservice.client import _until
from hostservice.protocol import FrameError, receive_frame, send_frame

ROOT = Path(__file__).parents[2]
ECHO = """
import os, signal, time
from services.hostserver import Limits, serve

class Echo:
    readied = 0

    def idle(self):
        self.readied += 1
        return self.readied < 3

    def handle(self, op, params, blobs):
        if op == "sleep":
            time.sleep(params["seconds"])
        if op == "raise":
            raise ValueError("nine is not a size")
        if op == "abort":
            os.kill(os.getpid(), signal.SIGABRT)
        if op == "eat":
            self.kept = bytearray(os.urandom(1) * (params["mb"] << 20))
            time.sleep(30)
        return {"params": params, "worker": os.getpid(), "readied": self.readied}, [blob[::-1] for blob in blobs]

serve("echo", Echo, Limits(queue=2, kill_mb=300, job_seconds=20))
"""


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A host with the service ``echo`` installed and nothing running."""
    services = tmp_path / "project" / "services"
    (services / "echo").mkdir(parents=True)
    for name in ("__init__.py", "hostserver.py"):
        shutil.copy(ROOT / "services" / name, services / name)
    (services / "echo" / "__init__.py").write_text("")
    (services / "echo" / "__main__.py").write_text(ECHO)
    monkeypatch.setenv("EFACTURE_SERVICES_DIR", str(services))
    monkeypatch.setenv("EFACTURE_RUN_DIR", str(tmp_path / "run"))
    yield services
    ServiceClient("echo").stop()


def test_first_use_starts_one_service_and_others_share_it(host):
    pids, blobs = set(), [b"\x00\xff" * 70_000, b""]

    def ask():
        result, back = ServiceClient("echo").call("echo", {"name": "Zoé"}, blobs)
        assert result["params"] == {"name": "Zoé"}
        assert back == [blob[::-1] for blob in blobs]
        pids.add(result["worker"])

    ask()
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pids) == 1
    assert os.stat(daemon.run_folder()).st_mode & 0o777 == 0o700


def test_the_service_is_not_a_child_and_outlives_no_lock(host):
    pid = ServiceClient("echo").ensure()["pid"]
    assert os.getsid(pid) == pid
    assert ServiceClient("echo").stop()
    assert not daemon.is_served(daemon.paths("echo"))
    assert ServiceClient("echo").status() is None
    with pytest.raises(ServiceUnavailable):
        ServiceClient("echo", autostart=False).call("echo")


def test_a_job_over_its_limit_is_killed_and_the_next_one_works(host):
    client = ServiceClient("echo")
    first = client.call("echo")[0]["worker"]
    with pytest.raises(ServiceTimeout):
        client.call("sleep", {"seconds": 30}, timeout=0.5)
    assert client.call("echo")[0]["worker"] != first


def test_a_worker_that_aborts_or_eats_memory_hurts_nobody_else(host):
    client = ServiceClient("echo")
    with pytest.raises(ServiceError, match="died"):
        client.call("abort")
    with pytest.raises(ServiceError, match="memory"):
        client.call("eat", {"mb": 400})
    with pytest.raises(ServiceError, match="nine is not a size"):
        client.call("raise")
    assert client.call("echo")[0]["worker"]


@pytest.mark.parametrize("bound", ["worker_jobs=1", "worker_seconds=0"])
def test_a_worn_worker_is_replaced_between_jobs(host, bound):
    (host / "echo" / "__main__.py").write_text(ECHO.replace("queue=2", f"queue=2, {bound}"))
    client = ServiceClient("echo")
    front = client.ensure()["pid"]
    pids = [client.call("echo")[0]["worker"] for _job in range(3)]
    assert len(set(pids)) == 3
    assert client.ensure()["pid"] == front


def test_a_full_queue_says_busy_at_once(host):
    client, outcomes = ServiceClient("echo"), []
    client.ensure()

    def ask():
        try:
            client.call("sleep", {"seconds": 0.7}, timeout=10)
            outcomes.append("done")
        except ServiceBusy:
            outcomes.append("busy")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("busy") >= 4
    assert outcomes.count("done") >= 2


def test_a_pause_is_used_to_get_ready(host):
    client = ServiceClient("echo")
    assert _until(lambda: client.call("echo")[0]["readied"] or _pause(), 10)
    assert _until(lambda: client.call("echo")[0]["readied"] == 3 or _pause(), 10)


def _pause():
    threading.Event().wait(0.5)  # longer than a worker waits before it uses the time


def test_a_stale_socket_after_kill_9_is_recognised(host):
    client = ServiceClient("echo")
    pid, worker = client.ensure()["pid"], client.call("echo")[0]["worker"]
    os.kill(pid, signal.SIGKILL)
    result = client.call("echo")[0]
    assert client.ensure()["pid"] != pid
    assert result["worker"] != worker
    assert _until(lambda: not Path(f"/proc/{worker}").exists(), 5)  # nothing is left behind


def test_a_service_of_older_code_is_replaced(host):
    client = ServiceClient("echo")
    old = client.ensure()
    (host / "echo" / "extra.py").write_text("# a new release\n")
    new = client.ensure()
    assert new["pid"] != old["pid"]
    assert new["version"] != old["version"]


def test_a_checkout_deleted_and_made_again_does_not_stop_its_service(host, tmp_path):
    client = ServiceClient("echo")
    front, worker = client.ensure()["pid"], client.call("echo")[0]["worker"]
    shutil.move(host.parent, tmp_path / "kept")
    shutil.copytree(tmp_path / "kept", host.parent)  # the same files (and dates), another folder
    with pytest.raises(ServiceError, match="died"):
        client.call("abort")
    assert client.call("echo")[0]["worker"] != worker  # another worker starts
    assert client.ensure()["pid"] == front


def test_a_service_whose_code_is_gone_leaves_so_that_a_new_one_starts(host, tmp_path):
    often = "from services import hostserver\nhostserver.CHECK_SECONDS = 0.2\n"
    (host / "echo" / "__main__.py").write_text(often + ECHO)
    client = ServiceClient("echo")
    front = client.ensure()["pid"]
    shutil.move(host.parent, tmp_path / "kept")
    with pytest.raises(ServiceUnavailable, match="EFACTURE_SERVICES_DIR"):
        client.call("echo")  # nothing to start: said, not waited for
    assert _until(lambda: not Path(f"/proc/{front}").exists(), 20)
    shutil.move(tmp_path / "kept", host.parent)
    assert client.ensure()["pid"] != front


def test_a_service_that_cannot_start_says_where_to_look(host):
    (host / "echo" / "__main__.py").write_text("raise SystemExit(3)\n")
    with pytest.raises(ServiceUnavailable, match=r"echo-.*\.log"):
        ServiceClient("echo").call("echo")


def test_limits_lowered_by_the_caller_are_restored(host):
    (host / "echo" / "__main__.py").write_text(
        ECHO.replace(
            'if op == "sleep":',
            'if op == "limits":\n            import resource\n'
            '            return {"cpu": resource.getrlimit(resource.RLIMIT_CPU)}, []\n'
            '        if op == "sleep":',
        )
    )
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (3600, hard))
    try:
        limits = ServiceClient("echo").call("limits")[0]["cpu"]
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    assert limits == [hard, hard]


def test_a_run_folder_open_to_others_is_refused(host, tmp_path, monkeypatch):
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    monkeypatch.setenv("EFACTURE_RUN_DIR", str(folder))
    with pytest.raises(ServiceUnavailable, match="chmod 700"):
        ServiceClient("echo").call("echo")
    folder.chmod(0o700)


def test_frames_refuse_what_they_do_not_know():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send_frame(ours, {"op": "x"}, [b"abc"])
        assert receive_frame(theirs) == ({"op": "x", "blobs": [3]}, [b"abc"])
        ours.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with pytest.raises(FrameError):
            receive_frame(theirs)
