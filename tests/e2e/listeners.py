"""A broker with one listener more than deploy/services/kafka gives it."""
from group import free_ports


def one_more_listener(name, security='PLAINTEXT', host='127.0.0.1', **settings):
    """(options for a broker with this listener beside its open one on 127.0.0.1, the listener's address). Settings have underscores
    for dots; the broker allows sessions of a second."""
    plain, controller, port = free_ports(3)
    settings = {'group.min.session.timeout.ms': 1000,
                'controller.quorum.voters': f'1@127.0.0.1:{controller}',
                'listeners': f'PLAINTEXT://127.0.0.1:{plain},CONTROLLER://127.0.0.1:{controller},{name}://{host}:{port}',
                'advertised.listeners': f'PLAINTEXT://127.0.0.1:{plain},{name}://{host}:{port}',
                'listener.security.protocol.map': f'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,{name}:{security}',
                'inter.broker.listener.name': 'PLAINTEXT', **{key.replace('_', '.'): value for key, value in settings.items()}}
    options = [part for key, value in settings.items() for part in ('--set', f'{key}={value}')]
    return ['--port', str(plain), *options], f'{host}:{port}'
