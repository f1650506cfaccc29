"""A proxy that takes TLS from clients with a certificate of its authority, and hands on what they say in the clear."""
import ssl
import subprocess

from tcp_proxy import TcpProxy


def authority(folder):
    """(ca.pem, client.pem, client.key) in the folder; the authority's own key signs for 127.0.0.1, too."""
    def run(*arguments):
        subprocess.run(['openssl', *arguments], check=True, stderr=subprocess.DEVNULL, cwd=folder)
    run('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=proxy', '-addext', 'subjectAltName=IP:127.0.0.1',
        '-keyout', 'ca.key', '-out', 'ca.pem')
    run('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=client', '-keyout', 'client.key', '-out', 'client.csr')
    run('x509', '-req', '-in', 'client.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-out', 'client.pem')
    return folder / 'ca.pem', folder / 'client.pem', folder / 'client.key'


class TlsProxy(TcpProxy):
    def __init__(self, folder, port):
        self.ca, self.client, self.client_key = authority(folder)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.ca, folder / 'ca.key')
        self.context.load_verify_locations(self.ca)
        self.context.verify_mode = ssl.CERT_REQUIRED
        super().__init__(port)

    def greet(self, client):
        return self.context.wrap_socket(client, server_side=True)
