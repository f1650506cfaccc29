"""A proxy that takes TLS from clients with a certificate of its authority, and hands on what they say in the clear."""
import contextlib
import socket
import ssl
import subprocess
import threading


def authority(folder):
    """(ca.pem, client.pem, client.key) in the folder; the authority's own key signs for 127.0.0.1, too."""
    def run(*arguments):
        subprocess.run(['openssl', *arguments], check=True, stderr=subprocess.DEVNULL, cwd=folder)
    run('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=proxy', '-addext', 'subjectAltName=IP:127.0.0.1',
        '-keyout', 'ca.key', '-out', 'ca.pem')
    run('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=client', '-keyout', 'client.key', '-out', 'client.csr')
    run('x509', '-req', '-in', 'client.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-out', 'client.pem')
    return folder / 'ca.pem', folder / 'client.pem', folder / 'client.key'


def pump(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


class TlsProxy:
    def __init__(self, folder, port):
        self.ca, self.client, self.client_key = authority(folder)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.ca, folder / 'ca.key')
        self.context.load_verify_locations(self.ca)
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.target, self.listener, self.accepted = port, socket.create_server(('127.0.0.1', 0)), 0
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                plain, _ = self.listener.accept()
                threading.Thread(target=self.connect, args=(plain,), daemon=True).start()

    def connect(self, plain):
        with contextlib.suppress(OSError):
            client = self.context.wrap_socket(plain, server_side=True)
            self.accepted += 1
            server = socket.create_connection(('127.0.0.1', self.target))
            threading.Thread(target=pump, args=(server, client), daemon=True).start()
            pump(client, server)

    def stop(self):
        self.listener.close()
