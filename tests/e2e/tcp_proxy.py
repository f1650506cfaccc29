"""A proxy to a port of this machine, which can keep for itself what its clients say: then the server behind it hangs, as they see it."""
import contextlib
import socket
import threading


class TcpProxy:
    def __init__(self, port):
        self.target, self.listener, self.accepted, self.kept = port, socket.create_server(('127.0.0.1', 0)), 0, 0
        self.port = self.listener.getsockname()[1]
        self.open = threading.Event()
        self.open.set()
        threading.Thread(target=self.serve, daemon=True).start()

    def hold(self):
        """Requests are taken from here on, and not handed on."""
        self.open.clear()

    def release(self):
        """Those that were kept are handed on as well."""
        self.open.set()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.connect, args=(client,), daemon=True).start()

    def connect(self, client):
        with contextlib.suppress(OSError):
            client = self.greet(client)
            self.accepted += 1
            server = socket.create_connection(('127.0.0.1', self.target))
            threading.Thread(target=self.pump, args=(server, client), daemon=True).start()
            self.pump(client, server, is_request=True)

    def greet(self, client):
        """The connection to talk on."""
        return client

    def pump(self, source, target, is_request=False):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if is_request and not self.open.is_set():
                    self.kept += 1
                    self.open.wait()
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def stop(self):
        self.open.set()
        self.listener.close()
