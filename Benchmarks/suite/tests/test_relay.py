import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest

SOURCE = os.path.join(os.path.dirname(__file__), "..", "..", "Sources", "bench-relay", "main.c")
SECONDS = 20


def local_listener():
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(SECONDS)
    return listener


def free_port():
    with local_listener() as listener:
        return listener.getsockname()[1]


def read_to_the_end(connection):
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


class RelayTests(unittest.TestCase):
    """The bare relay over real sockets: it stands for the limit only as long as it carries everything."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="tidegate-bench-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.program = os.path.join(folder.name, "bench-relay")
        compiler = shutil.which("cc") or shutil.which("clang")
        subprocess.run([compiler, "-O1", "-Wall", "-Werror", "-o", cls.program, SOURCE], check=True)

    def setUp(self):
        self.backend = local_listener()
        self.addCleanup(self.backend.close)
        self.port = free_port()
        self.relay = subprocess.Popen(
            [self.program, "--port", str(self.port), "--backend", str(self.backend.getsockname()[1]), "--lifetime", "60"]
        )
        self.addCleanup(self.end_relay)

    def end_relay(self):
        self.relay.terminate()
        self.relay.wait(SECONDS)

    def tunnel(self):
        """A client and the connection that the backend accepted for it."""
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                client = socket.create_connection(("127.0.0.1", self.port), SECONDS)
                break
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
        accepted, _ = self.backend.accept()
        accepted.settimeout(SECONDS)
        for side in (client, accepted):
            self.addCleanup(side.close)
        return client, accepted

    def test_bytes_arrive_in_order_both_ways_though_the_readers_are_late(self):
        client, accepted = self.tunnel()
        upward, downward = os.urandom(32 << 20), os.urandom(32 << 20)

        def send(side, sent):
            side.sendall(sent)
            side.shutdown(socket.SHUT_WR)

        # 32 MiB are more than the kernel's buffers of both hops take: nobody reads before the senders wait.
        senders = [threading.Thread(target=send, args=pair, daemon=True) for pair in ((client, upward), (accepted, downward))]
        for sender in senders:
            sender.start()
        senders[0].join(1)
        self.assertTrue(senders[0].is_alive() and senders[1].is_alive())
        received = {}
        readers = [
            threading.Thread(target=lambda name=name, side=side: received.update({name: read_to_the_end(side)}), daemon=True)
            for name, side in (("up", accepted), ("down", client))
        ]
        for reader in readers:
            reader.start()
        for thread in readers + senders:
            thread.join(SECONDS)
        self.assertTrue(received.get("up") == upward and received.get("down") == downward)

    def test_the_end_of_one_direction_leaves_the_other_open(self):
        client, accepted = self.tunnel()
        client.sendall(b"last words")
        client.shutdown(socket.SHUT_WR)
        self.assertEqual(read_to_the_end(accepted), b"last words")
        accepted.sendall(b"an answer all the same")
        accepted.close()
        self.assertEqual(read_to_the_end(client), b"an answer all the same")

    def test_tunnels_that_end_give_their_descriptors_back(self):
        descriptors = f"/proc/{self.relay.pid}/fd"
        self.tunnel()
        before = len(os.listdir(descriptors))
        for _ in range(50):
            client, accepted = self.tunnel()
            client.sendall(b"x")
            self.assertEqual(accepted.recv(1), b"x")
            client.close()
            self.assertEqual(accepted.recv(1), b"")
            accepted.close()
        deadline = time.monotonic() + SECONDS
        while len(os.listdir(descriptors)) > before and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(len(os.listdir(descriptors)), before)

    def test_a_backend_that_is_not_there_ends_the_client_and_nobody_else(self):
        client, accepted = self.tunnel()
        self.backend.close()
        with socket.create_connection(("127.0.0.1", self.port), SECONDS) as refused:
            self.assertEqual(refused.recv(1), b"")
        client.sendall(b"still here")
        self.assertEqual(accepted.recv(10), b"still here")


if __name__ == "__main__":
    unittest.main()
