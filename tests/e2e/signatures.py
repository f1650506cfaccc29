"""What workers sign the requests with that they send to each other (KIP-507)."""
import base64
import hmac
import json

from topics import records_of


def session_key(kafka_address, group):
    """The key that the group signs with now."""
    keys = [json.loads(value) for key, value in records_of(kafka_address, f'{group}-configs') if key == 'session-key']
    return base64.b64decode(keys[-1]['key'])


def signed(key, body=b'', algorithm='HmacSHA256'):
    """The headers of a request with this body."""
    digest = {'HmacSHA256': 'sha256', 'HmacSHA1': 'sha1'}.get(algorithm, 'sha256')
    return {'X-Connect-Authorization': base64.b64encode(hmac.digest(key, body, digest)).decode(), 'X-Connect-Request-Signature-Algorithm': algorithm}
