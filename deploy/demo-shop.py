"""The demo's shop: a database that is being written to, a connector for it, and a screen that shows what arrives in Kafka."""
import argparse
import json
import random
import sys
import threading
import time
import urllib.error
import urllib.request

import psycopg
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

TABLES = """
create table customers (id serial primary key, name text not null, city text);
create table products (id serial primary key, name text not null, price numeric(8, 2) not null, stock int not null);
create table orders (id serial primary key, customer int references customers, product int references products, quantity int not null,
                     status text not null default 'new');
insert into customers (name, city) values ('Ada', 'London'), ('Edsger', 'Rotterdam'), ('Grace', 'New York');
insert into products (name, price, stock) values ('millstone', 89.90, 12), ('sack of flour', 4.20, 800), ('water wheel', 1250.00, 40);
"""
TOPICS = ['shop.public.customers', 'shop.public.products', 'shop.public.orders']
OPERATIONS = {'r': 'snapshot', 'c': 'insert', 'u': 'update', 'd': 'delete', 't': 'truncate'}
ENOUGH_EVENTS, PATIENCE_SECONDS = 30, 60


def connect(address, database):
    host, port = address.split(':')
    return psycopg.connect(host=host, port=port, user='postgres', password='postgres', dbname=database, autocommit=True)


def keep_shop_busy(address, stop):
    """Customers order, pay and change their minds, a few times a second."""
    dice = random.Random()
    with connect(address, 'shop') as shop:
        while not stop.wait(dice.uniform(0.2, 0.8)):
            what = dice.random()
            with shop.transaction():
                if what < 0.5:
                    shop.execute('insert into orders (customer, product, quantity) select (select id from customers order by random() limit 1), '
                                 'id, 1 + (random() * 3)::int from products order by random() limit 1')
                    shop.execute('update products set stock = greatest(stock - 1, 0) where id = (select product from orders order by id desc limit 1)')
                elif what < 0.8:
                    shop.execute("update orders set status = 'paid' where id = (select id from orders where status = 'new' limit 1)")
                elif what < 0.9:
                    shop.execute("delete from orders where id = (select id from orders where status = 'new' order by id desc limit 1)")
                else:
                    shop.execute('insert into customers (name, city) values (%s, %s)', [dice.choice(['Alan', 'Barbara', 'Donald', 'Margaret']), 'Cambridge'])


def create_connector(rest, postgres):
    host, port = postgres.split(':')
    body = {'name': 'shop', 'config': {
        'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
        'database.hostname': host, 'database.port': port, 'database.user': 'postgres', 'database.password': 'postgres', 'database.dbname': 'shop',
        'topic.prefix': 'shop', 'plugin.name': 'pgoutput', 'slot.name': 'shop', 'decimal.handling.mode': 'string',
        'key.converter': 'org.apache.kafka.connect.json.JsonConverter', 'key.converter.schemas.enable': 'false',
        'value.converter': 'org.apache.kafka.connect.json.JsonConverter', 'value.converter.schemas.enable': 'false'}}
    print(f'\nPOST http://{rest}/connectors\n{json.dumps(body, indent=2)}\n')
    request = urllib.request.Request(f'http://{rest}/connectors', json.dumps(body).encode(), {'Content-Type': 'application/json'})
    try:
        with urllib.request.urlopen(request, timeout=90) as answer:
            print(f'{answer.status} {answer.reason}')
    except urllib.error.HTTPError as refusal:
        sys.exit(f'{refusal.status} {refusal.reason}: {refusal.read().decode(errors="replace")}')


def shown(row):
    return ' '.join(f'{name}={json.dumps(value, ensure_ascii=False)}' for name, value in row.items()) if row else ''


def line_of(message):
    """One event as a line: when, what happened to which row, and how long after its commit it was in the topic."""
    table, value = message.topic().rsplit('.', 1)[1], json.loads(message.value())
    row, operation = value.get('after') or json.loads(message.key()), OPERATIONS.get(value['op'], value['op'])
    stamp = message.timestamp()[1]
    delay = f'{max(0.0, stamp - value["source"]["ts_us"] / 1000):7.1f} ms' if value['op'] != 'r' else '          '
    clock = time.strftime('%H:%M:%S', time.localtime(stamp / 1000))
    return f'{clock}.{stamp % 1000:03d}  {delay}  {operation:8}  {table:9}  {shown(row)}'


def show_events(kafka, once):
    consumer = Consumer({'bootstrap.servers': kafka, 'group.id': 'demo', 'enable.auto.commit': False, 'allow.auto.create.topics': False,
                         'fetch.wait.max.ms': 20, 'topic.metadata.refresh.interval.ms': 1000})
    consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING) for topic in TOPICS])
    count, last = 0, time.monotonic()
    print(f'{"in topic at":12}  {"after commit":>10}  what      table      row')
    while not (once and count >= ENOUGH_EVENTS):
        for message in consumer.consume(100, 0.1):
            if not message.error() and message.value():
                count, last = count + 1, time.monotonic()
                print(line_of(message), flush=True)
        if time.monotonic() - last > PATIENCE_SECONDS:
            sys.exit(f'no event for {PATIENCE_SECONDS} s')
    consumer.close()


def main():
    parser = argparse.ArgumentParser()
    for name in ('kafka', 'postgres', 'rest', 'log'):
        parser.add_argument(f'--{name}', required=True)
    parser.add_argument('--once', action='store_true')
    arguments = parser.parse_args()
    with connect(arguments.postgres, 'postgres') as server:
        server.execute('create database shop')
    with connect(arguments.postgres, 'shop') as shop:
        shop.execute(TABLES)
    create_connector(arguments.rest, arguments.postgres)
    end = f'After {ENOUGH_EVENTS} events everything ends by itself' if arguments.once else 'Ctrl-C ends everything'
    print(f"""
The worker's REST API, from another terminal:
  curl http://{arguments.rest}/connectors/shop/status
  curl http://{arguments.rest}/connector-plugins
  curl -X PUT http://{arguments.rest}/connectors/shop/pause      (and /resume)
Kafka is at {arguments.kafka}, PostgreSQL at {arguments.postgres} (database shop, user and password postgres).
The worker's log is {arguments.log}. {end}.
""")
    stop = threading.Event()
    threading.Thread(target=keep_shop_busy, args=(arguments.postgres, stop), daemon=True).start()
    try:
        show_events(arguments.kafka, arguments.once)
    finally:
        stop.set()


main()
