"""What a broker hands out of a topic when nobody reads the records: Fetch requests over one connection, one after the other, as Kafka's consumers send them."""
import socket
import struct
import time

CLIENT, FETCH, VERSION = b'bare', 1, 4
BYTES_AT_ONCE = 50 << 20  # fetch.max.bytes
BATCH_HEADER = struct.Struct('>qi4xb4xhi')  # base offset, length, magic, attributes, last offset delta


def request(topic, offset, partition_bytes):
    body = struct.pack('>iiiibi', -1, 500, 1, BYTES_AT_ONCE, 0, 1) + struct.pack(f'>h{len(topic)}siiqi', len(topic), topic, 1, 0, offset, partition_bytes)
    head = struct.pack(f'>hhih{len(CLIENT)}s', FETCH, VERSION, 0, len(CLIENT), CLIENT)
    return struct.pack('>i', len(head) + len(body)) + head + body


def receive(connection, view):
    while len(view):
        view = view[connection.recv_into(view):]


def next_offset(batches):
    """Behind the last batch that is whole."""
    at, offset = 0, None
    while at + BATCH_HEADER.size <= len(batches):
        base, length, magic, _, last = BATCH_HEADER.unpack_from(batches, at)
        if at + 12 + length > len(batches):
            break
        assert magic == 2, f'a batch of magic {magic}'
        at, offset = at + 12 + length, base + last + 1
    return offset


def fetch_rate(address, topic, records, partition_bytes=1 << 20):
    """Records a second of partition 0, from its first to `records`."""
    host, port = address.rsplit(':', 1)
    name, buffer = topic.encode(), memoryview(bytearray(BYTES_AT_ONCE + (1 << 20)))
    # Behind the size: correlation, throttle time, one topic, its name, one partition, its number, error, two offsets, no aborted ones, size.
    skipped = 4 + 4 + 4 + 2 + len(name) + 4 + 4
    with socket.create_connection((host, int(port))) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        offset, began = 0, time.monotonic()
        while offset < records:
            connection.sendall(request(name, offset, partition_bytes))
            receive(connection, buffer[:4])
            answer = buffer[:struct.unpack_from('>i', buffer)[0]]
            receive(connection, answer)
            error, _, _, aborted, size = struct.unpack_from('>hqqii', answer, skipped)
            assert error == 0 and aborted <= 0, f'error {error} at {offset}'
            start = skipped + 26
            offset = next_offset(answer[start:start + size]) or offset
        return records / (time.monotonic() - began)
