"""A Prometheus server, Debian's, that scrapes workers."""
import json
import shutil
import subprocess
import urllib.parse
import urllib.request

import stack
from group import free_ports

INSTALLED = '/opt/millrace/prometheus/usr/bin/prometheus'  # where deploy/install-dependencies puts it


class Prometheus:
    def __init__(self, folder, *workers):
        port, = free_ports(1)
        self.url, self.folder = f'http://127.0.0.1:{port}', folder / 'prometheus'
        self.folder.mkdir()
        targets = ', '.join(f"'{worker.address}'" for worker in workers)
        (self.folder / 'prometheus.yml').write_text(
            f"global: {{scrape_interval: 1s}}\nscrape_configs:\n- job_name: connect\n  static_configs:\n  - targets: [{targets}]\n")
        with open(self.folder / 'log', 'w') as log:
            self.process = subprocess.Popen(
                [shutil.which('prometheus') or INSTALLED, f'--config.file={self.folder}/prometheus.yml', f'--storage.tsdb.path={self.folder}/data',
                 f'--web.listen-address=127.0.0.1:{port}'], stdout=log, stderr=log)
        (self.folder / 'pid').write_text(str(self.process.pid))
        stack.wait_for(lambda: f'Prometheus; {(self.folder / "log").read_text()[-500:]}', self.ready)

    def ready(self):
        try:
            with urllib.request.urlopen(self.url + '/-/ready', timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def query(self, expression):
        """The result of an instant query: [(labels, value)]. Fails for what is no expression."""
        with urllib.request.urlopen(f'{self.url}/api/v1/query?' + urllib.parse.urlencode({'query': expression}), timeout=20) as answer:
            return [(series['metric'], float(series['value'][1])) for series in json.load(answer)['data']['result']]

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        (self.folder / 'pid').unlink()
