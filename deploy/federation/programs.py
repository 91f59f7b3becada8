# SPDX-License-Identifier: Apache-2.0
"""Start drempel-hub and drempel-node, wait for them, and say clearly what failed."""

import ctypes
import os
import re
import signal
import subprocess
import threading
import time

COMMAND_TIMEOUT_S = 300
HUB_START_S = 30
HUB_STOP_S = 20
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
VERIFIED = re.compile(r" verified .*\breports=(\d+) us=(\d+)")

# The peak memory that the kernel reports of a process counts what it held before it
# became its program, so one started straight from here would report this driver's. A
# small shell that came from a small shell starts it instead, after saying its number;
# when the outer shell has ended, the process is this driver's to wait for.
LAUNCH = ("/bin/sh", "-c", "/bin/sh -c 'echo $$; exec \"$@\"' sh \"$@\" &", "sh")


class Failure(Exception):
    """One line for people: what failed and where its log is."""


class Programs:
    """Runs commands, each with its log file; knows the largest node process seen."""

    def __init__(self, folder, logs):
        self.hub = os.path.join(folder, "drempel-hub")
        self.node = os.path.join(folder, "drempel-node")
        for program in (self.hub, self.node):
            if not os.access(program, os.X_OK):
                raise Failure(f"no program {program}: build it, or name its folder "
                              "with --bin")
        self.logs = logs
        self.lock = threading.Lock()
        self.running = set()
        self.node_peak_kib = 0
        self.stopped = False
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def run(self, log, program, *arguments):
        """The command's standard output; its errors go to the log, named in a Failure."""
        path = os.path.join(self.logs, log + ".log")
        command = [program, *map(str, arguments)]
        with open(path, "ab") as file:
            file.write(("$ " + " ".join(command) + "\n").encode())
            file.flush()
            start = file.tell()
            pid, pipe = self.start(command, file)
        timer = threading.Timer(COMMAND_TIMEOUT_S, self.end, (pid,))
        timer.start()
        with pipe:
            output = pipe.read()
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        timer.cancel()
        with self.lock:
            self.running.discard(pid)
            _, status, usage = os.wait4(pid, 0)
            if program == self.node:
                self.node_peak_kib = max(self.node_peak_kib, usage.ru_maxrss)
        code = os.waitstatus_to_exitcode(status)
        if code != 0:
            raise Failure(f"{' '.join(map(os.path.basename, command[:4]))} failed "
                          f"({describe_exit(code)}{last_line(path, start)}); log: {path}")
        return output.decode("utf-8", "replace")

    def start(self, command, log):
        """The process id and the standard output of a started command."""
        with self.lock:
            if self.stopped:
                raise Failure("stopped")
            shell = subprocess.Popen([*LAUNCH, *command], stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=log)
            pid = int(shell.stdout.readline())
            shell.wait()
            self.running.add(pid)
        return pid, shell.stdout

    def end(self, pid):
        with self.lock:
            if pid in self.running:
                os.kill(pid, signal.SIGTERM)

    def stop(self):
        """End the commands that are still running, and start no more."""
        with self.lock:
            self.stopped = True
            for pid in self.running:
                os.kill(pid, signal.SIGTERM)


def describe_exit(code):
    if code >= 0:
        return f"exit {code}"
    try:
        return f"ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"ended by signal {-code}"


def last_line(path, start):
    with open(path, encoding="utf-8", errors="replace") as file:
        file.seek(start)
        lines = [line.strip() for line in file if line.strip()]
    return f": {lines[-1]}" if lines else ""


class Hub:
    """A serving hub or notary. Its output is a file, so that it can outlive this driver."""

    def __init__(self, programs, role, directory, address):
        self.role = role
        self.address = address
        self.log = os.path.join(programs.logs, f"serve-{role}.log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [programs.hub, "serve", "--dir", directory, "--listen", address],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + HUB_START_S
        while not self.says(address.removeprefix("tcp://")):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise Failure(f"the {role}'s drempel-hub serve did not say that it listens "
                              f"on {address}{last_line(self.log, 0)}; log: {self.log}")
            time.sleep(0.05)

    def verify_ms(self):
        """Milliseconds of verification for each report, as the program logged them."""
        reports = microseconds = 0
        with open(self.log, encoding="utf-8", errors="replace") as file:
            for line in file:
                found = VERIFIED.search(line)
                if found:
                    reports += int(found[1])
                    microseconds += int(found[2])
        return round(microseconds / 1000 / max(1, reports), 3)

    def says(self, text):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return any(text in line for line in file)

    def check(self):
        if self.process.poll() is not None:
            raise Failure(f"the {self.role}'s drempel-hub serve stopped by itself "
                          f"({describe_exit(self.process.returncode)}); log: {self.log}")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(HUB_STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
