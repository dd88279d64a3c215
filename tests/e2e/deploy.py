"""Every metric, path, port, name and command that the files of deploy/ mention exists. Argument: a file with the program's metrics as HELP and TYPE lines."""
import json, os, re, sys
import yaml

root = os.getcwd()
problems = []
types = {}
for line in open(sys.argv[1]):
    kind, name, rest = line.split(" ", 3)[1:]
    if kind == "TYPE":
        types[name] = rest.strip()
for name, kind in list(types.items()):
    if kind == "histogram":
        types.update({name + "_bucket": kind, name + "_sum": kind, name + "_count": kind})


def say(what):
    problems.append(what)


def exists(path, why):
    if not os.path.exists(os.path.join(root, path)):
        say(f"{why}: there is no {path}")


def metrics_of(expr, where):
    found = set(re.findall(r"\b(?:weir|process)_[a-z0-9_]+", expr))
    for name in sorted(found):
        if name not in types:
            say(f"{where}: weir has no metric {name}")
    return found


# alerts and dashboard
rules = [r for g in yaml.safe_load(open("deploy/prometheus/alerts.yml"))["groups"] for r in g["rules"]]
used = set()
for rule in rules:
    used |= metrics_of(rule["expr"], "alert " + rule["alert"])
board = json.load(open("deploy/grafana/dashboards/weir.json"))
for p in board["panels"]:
    for t in p["targets"]:
        used |= metrics_of(t["expr"], "panel " + p["title"])
for v in board["templating"]["list"]:
    used |= metrics_of(v["query"], "variable " + v["name"])
if len(used) < 20:
    say(f"only {len(used)} metrics are looked at: is the pattern right?")
if len({p["id"] for p in board["panels"]}) != len(board["panels"]):
    say("two panels have one id")
alerts = {r["alert"] for r in rules}
for case in yaml.safe_load(open("tests/e2e/deploy_alerts.yml"))["tests"]:
    for t in case["alert_rule_test"]:
        if t["alertname"] not in alerts:
            say("the alert that is tested is not there: " + t["alertname"])

services = yaml.safe_load(open("deploy/docker-compose.yml"))["services"]  # deploy_compose.py looks into it

# the image
docker = open("deploy/Dockerfile").read()
listens = re.search(r'"--metrics", "0\.0\.0\.0:(\d+)"', docker)
exposed = re.search(r"EXPOSE (\d+)", docker)
scraped = yaml.safe_load(open("deploy/prometheus/prometheus.yml"))["scrape_configs"][0]["dns_sd_configs"][0]
if not listens or not exposed or listens[1] != exposed[1] or str(scraped["port"]) != listens[1]:
    say("the port of /metrics differs between image and scrape file")
for source in re.findall(r"^COPY (?!--from)(.*) \S+$", docker, re.M):
    for path in source.split():
        exists(path, "Dockerfile")
for path in re.findall(r"/src/(\S+)", docker):
    exists(path, "Dockerfile")
socket = re.search(r'"--socket", "([^"]+)"', docker)[1]
health = re.search(r"HEALTHCHECK.*\\\n\s*CMD (\[.*\])", docker)[1]
if f"host={socket}" not in health:
    say("the health check asks another socket than the one that is served")
open(sys.argv[2], "w").write(json.loads(health)[-1])  # its SQL, for the script to run
options = set(re.findall(r"--[a-z-]+", open("engine/front/main.c").read()))
unit = open("deploy/systemd/weir.service").read()
conf = re.search(r"--config (/etc/\S+?);", unit)[1]
if open("deploy/debian/conffiles").read().split() != [conf]:
    say("the package keeps another file of settings than the one that the service reads")
for text, where in ((docker.split("HEALTHCHECK")[1], "Dockerfile"), (unit, "weir.service")):
    for o in re.findall(r"(?<![\w-])--[a-z][a-z-]+", text):
        if o not in options | {"--interval", "--timeout", "--start-period", "--retries"}:
            say(f"{where}: weir has no option {o}")

# Grafana
provider = yaml.safe_load(open("deploy/grafana/provisioning/dashboards/weir.yml"))["providers"][0]["options"]["path"]
if not any(v.split(":")[1] == provider for v in services["grafana"]["volumes"]):
    say("Grafana looks for dashboards in a folder that nothing is mounted at")
source = yaml.safe_load(open("deploy/grafana/provisioning/datasources/prometheus.yml"))["datasources"][0]
if source["url"] != "http://prometheus:9090" or not services["prometheus"]["ports"][0].endswith(":9090"):
    say("Grafana's source is not where Prometheus listens")
if {t["datasource"]["uid"] for t in board["panels"]} != {source["uid"]}:
    say("panels ask another source")

for p in problems:
    print(p)
print(f"{len(used)} metrics, {len(rules)} alerts, {len(board['panels'])} panels")
sys.exit(bool(problems))
