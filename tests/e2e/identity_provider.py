"""A small OAuth identity provider: client credentials for tokens that are signed with RSA, and its key set for brokers."""
import base64
import json
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


def unpadded(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


class Provider:
    """Gives tokens at /token to one client, and its public key at /keys. With `tls`, a certificate and its key, it speaks https."""

    def __init__(self, folder, client='millrace', secret='a-secret-of-the-client', life=20, tls=None):
        self.client, self.secret, self.life, self.asked, self.tokens = client, secret, life, [], []
        self.key = folder / 'provider.key'
        subprocess.run(['openssl', 'genrsa', '-out', self.key, '2048'], check=True, stderr=subprocess.DEVNULL)
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(200, provider.keys())

            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers['Content-Length'])).decode())
                self.answer(*provider.token(self.headers.get('Authorization', ''), form))

            def answer(self, status, body):
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f'http{"s" if tls else ""}://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def keys(self):
        told = subprocess.run(['openssl', 'rsa', '-in', self.key, '-noout', '-modulus'], check=True, capture_output=True, text=True).stdout
        modulus = bytes.fromhex(told.strip().split('=')[1])
        return {'keys': [{'kty': 'RSA', 'kid': 'one', 'use': 'sig', 'alg': 'RS256', 'n': unpadded(modulus), 'e': 'AQAB'}]}

    def token(self, authorization, form):
        self.asked.append(form)
        expected = 'Basic ' + base64.b64encode(f'{self.client}:{self.secret}'.encode()).decode()
        if authorization != expected or form.get('grant_type') != ['client_credentials']:
            return 401, {'error': 'invalid_client', 'error_description': 'unknown client'}
        now = int(time.time())
        scope = {'scope': form['scope'][0]} if 'scope' in form else {}
        token = self.signed({'sub': self.client, 'iat': now, 'exp': now + self.life, **scope})
        self.tokens.append(token)
        return 200, {'access_token': token, 'token_type': 'Bearer', 'expires_in': self.life}

    def signed(self, claims):
        head = unpadded(json.dumps({'alg': 'RS256', 'kid': 'one', 'typ': 'JWT'}).encode()) + '.' + unpadded(json.dumps(claims).encode())
        signature = subprocess.run(['openssl', 'dgst', '-sha256', '-sign', self.key], input=head.encode(), check=True, capture_output=True).stdout
        return head + '.' + unpadded(signature)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
