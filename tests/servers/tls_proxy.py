"""The TLS proxies of the README, nginx and stunnel, in front of the zoo: with their configurations as they stand there, paths and
ports aside.

usage: tls_proxy.py SOURCE_DIR BUILD_DIR; exit status 77: nothing is installed
"""
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time

HOST = "metrics.example.org"


def config(source, language):
    """The code block of this language."""
    with open(os.path.join(source, "README.md"), encoding="utf-8") as file:
        return re.search(rf"```{language}\n(.*?)```", file.read(), re.DOTALL)[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def adapt(text, where, port, backend):
    text = text.replace("127.0.0.1:9464", backend).replace("/etc/ssl/private", where).replace("/etc/ssl", where)
    return re.sub(r"\b9443\b", f"127.0.0.1:{port}", text)


def start_nginx(source, where, port, backend):
    block = adapt(config(source, "nginx"), where, port, backend)
    temporary = "".join(f"    {kind}_temp_path {where}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    with open(f"{where}/nginx.conf", "w", encoding="utf-8") as file:
        file.write(f"daemon off;\nmaster_process off;\npid {where}/nginx.pid;\nerror_log {where}/error.log;\nevents {{}}\n"
                   f"http {{\n    access_log off;\n{temporary}{block}}}\n")
    command = ["nginx", "-c", f"{where}/nginx.conf", "-p", where, "-e", f"{where}/error.log"]
    subprocess.run([*command, "-t"], check=True, stderr=subprocess.DEVNULL)
    return subprocess.Popen(command)


def start_stunnel(source, where, port, backend):
    with open(f"{where}/stunnel.conf", "w", encoding="utf-8") as file:
        file.write(f"foreground = yes\npid =\n{adapt(config(source, 'ini'), where, port, backend)}")
    return subprocess.Popen([shutil.which("stunnel") or "stunnel4", f"{where}/stunnel.conf"], stderr=subprocess.DEVNULL)


def fetch(port, certificate, host):
    """Status and body of a scrape through the proxy, asking under this host."""
    context = ssl.create_default_context(cafile=certificate)
    for _ in range(200):
        try:
            plain = socket.create_connection(("127.0.0.1", port), timeout=10)
            break
        except ConnectionRefusedError:
            time.sleep(0.05)
    else:
        sys.exit("FAILED: the proxy does not listen")
    with context.wrap_socket(plain, server_hostname=HOST) as client:
        client.sendall(f"GET /metrics HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        data = b"".join(iter(lambda: client.recv(65536), b""))
    head, _, body = data.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def try_proxy(start, source, where, backend, certificate):
    port = free_port()
    proxy = start(source, where, port, backend)
    try:
        status, body = fetch(port, certificate, HOST)
        if status != 200 or b"zoo_mode" not in body:
            sys.exit(f"FAILED: {start.__name__}: status {status}\n{body[:300]}")
        strange, _ = fetch(port, certificate, "evil.example")
        if strange != 403:
            sys.exit(f"FAILED: {start.__name__}: a stranger's host gets {strange}")
        print(f"{start.__name__}: ok")
    finally:
        proxy.terminate()
        proxy.wait()


def main():
    source, build = sys.argv[1:3]
    starts = [start for start, names in ((start_nginx, ["nginx"]), (start_stunnel, ["stunnel", "stunnel4"]))
              if any(map(shutil.which, names))]
    if not starts or not shutil.which("openssl"):
        print("skipped: nginx, stunnel or openssl is missing (Debian: nginx-light stunnel4 openssl)")
        return 77
    with tempfile.TemporaryDirectory() as where:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
                        "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", f"{where}/metrics.key", "-out",
                        f"{where}/metrics.pem"], check=True, stderr=subprocess.DEVNULL)
        zoo = subprocess.Popen([os.path.join(build, "tests", "zoo_exporter")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True)
        try:
            backend = re.match(r"http://([^/]+)/", zoo.stdout.readline())[1]
            for start in starts:
                try_proxy(start, source, where, backend, f"{where}/metrics.pem")
        finally:
            zoo.stdin.close()
            zoo.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
