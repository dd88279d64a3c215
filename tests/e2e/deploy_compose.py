"""Every name, port, path, file, variable and health command of a compose file exists. Arguments: pairs of a compose file, and what
`docker-compose config` makes of it. WEIR names the program: the jobs are checked as they would be served."""
import os, re, shlex, subprocess, sys
import yaml

root = os.getcwd()
problems = []
docker = open("deploy/Dockerfile").read()
socket = re.search(r'"--socket", "([^"]+)"', docker)[1]
exposed = re.search(r"EXPOSE (\d+)", docker)[1]
default_command = yaml.safe_load(re.search(r"^CMD (\[.*\])", docker, re.M)[1])
options = set(re.findall(r"--[a-z-]+", open("engine/front/main.c").read()))
scrape = yaml.safe_load(open("deploy/prometheus/prometheus.yml"))["scrape_configs"][0]["dns_sd_configs"][0]
start = set(re.findall(r"\$\{?([A-Z_]+)", open("deploy/image/start.sh").read()))


def disabled(s):
    check = s.get("healthcheck") or {}
    return bool(check.get("disable")) or check.get("test") == ["NONE"]


def after(words, option):
    return dict(zip(words, words[1:])).get(option, "")


def names_of(services):
    """service or alias -> service"""
    names = {n: n for n in services}
    for n, s in services.items():
        for net in (s.get("networks") or {}).values():
            names.update({a: n for a in (net or {}).get("aliases", [])})
    return names


def kafka_ports(services):
    return re.findall(r"://:(\d+)", services["kafka"]["environment"]["KAFKA_LISTENERS"])


def listens(services, name, port):
    s = services[name]
    return port in kafka_ports(services) if name == "kafka" else any(p.split("/")[0].endswith(":" + port) for p in s.get("ports", []))


def job_files(s, say):
    """The files of a job as they lie in the source, and its other arguments."""
    command = s.get("command") or default_command
    command = shlex.split(command) if isinstance(command, str) else command
    mounts = [v.split(":")[:2] for v in s.get("volumes", []) if v.startswith("/")]
    files, rest = [], []
    for word in command:
        if not word.startswith("/etc/"):
            rest.append(word)
            continue
        for source, inside in mounts:
            if word == inside or word.startswith(inside + "/"):
                files.append(source + word[len(inside):])
                break
        else:
            say(f"{word} is not mounted")
    return files, rest


def check_job(name, s, services, say):
    env = {k: str(v) for k, v in (s.get("environment") or {}).items()}
    files, words = job_files(s, say)
    for w in words:
        if w.startswith("--") and w not in options:
            say(f"weir has no option {w}")
    if words[0] == "serve":
        if after(words, "--socket") != socket:
            say("the image's health check asks another socket")
        if after(words, "--metrics") != "0.0.0.0:" + exposed:
            say("Prometheus asks another port")
        if not after(words, "--state").startswith("/var/lib/weir/") or not any(v.split(":")[1] == "/var/lib/weir" for v in s.get("volumes", [])):
            say("the state is not in a volume")
    elif not disabled(s):
        say("the image's health check asks a job that does not serve")
    missing = [f for f in files if not os.path.isfile(f)]
    if missing or not files:
        say(f"no file {missing}")
        return
    text = "".join(open(f).read() for f in files)
    known = set(re.findall(r"\$\{([A-Z_0-9]+)", text)) | start
    others = "".join(open(f).read() for f in others_of(services, say) if os.path.isfile(f))
    for k in sorted(set(env) - known - set(re.findall(r"\$\{([A-Z_0-9]+)", others))):
        say(f"nobody asks for {k}")
    topics = services["kafka"]["environment"]["TOPICS"].split()
    for variable, default in re.findall(r"'topic' = '\$\{([A-Z_0-9]+)(?::-([^}]*))?\}'", text):
        if env.get(variable, default) not in topics:
            say(f"topic {env.get(variable, default)} is not made")
    names = names_of(services)
    addresses = env.get("WAIT_FOR", "").split() + [env[k] for k in ("BROKER", "KAFKA_BOOTSTRAP_SERVERS") if k in env]
    for url in [v for v in env.values() if v.startswith("jdbc:")]:
        addresses += re.findall(r"//([^/]+)/", url)
        database = services["postgres"]["environment"]
        user = next(v for k, v in env.items() if k.endswith("_USER"))
        password = next(v for k, v in env.items() if k.endswith("_PASSWORD"))
        if not url.endswith("/" + database["POSTGRES_DB"]) or user != database["POSTGRES_USER"] or password != database["POSTGRES_PASSWORD"]:
            say("PostgreSQL has another database, user or password")
    for address in addresses:
        host, port = address.split(":")
        if host not in names or not listens(services, names[host], port):
            say(f"nobody listens at {address}")
    r = subprocess.run([os.environ["WEIR"], "check"] + files, env={**env, "PATH": os.environ["PATH"], "HOME": "/nonexistent"}, capture_output=True, text=True, timeout=60)
    if r.returncode:
        say("weir check: " + r.stderr)


def others_of(services, say):
    return [f for s in services.values() if s.get("image") == "weir" for f in job_files(s, say)[0]]


def check(path, resolved):
    compose = yaml.safe_load(open(resolved))
    services = compose["services"]
    published = []
    for name, s in services.items():
        def say(what):
            problems.append(f"{path}: {name}: {what}")
        for dep, how in (s.get("depends_on") or {}).items():
            condition = how["condition"]
            if dep not in services:
                say(f"depends on {dep}, which is not there")
            elif condition == "service_healthy" and services[dep].get("image") != "weir" and ("healthcheck" not in services[dep] or disabled(services[dep])):
                say(f"waits for the health of {dep}, which has no check")
            elif condition == "service_completed_successfully" and services[dep].get("restart") not in (None, "no", False):
                say(f"waits for the end of {dep}, which is restarted")
        for v in s.get("volumes", []):
            source, inside = v.split(":")[:2]
            if not source.startswith("/"):
                if source not in (compose.get("volumes") or {}):
                    say(f"volume {source} is not declared")
            elif not source.startswith(root + "/") or not os.path.exists(source):
                say(f"there is no {source}")
            else:
                for word in s.get("command") or []:
                    if word.startswith(inside + "/") and not os.path.exists(source + word[len(inside):]):
                        say(f"there is no {word}")
        for p in s.get("ports", []):
            published.append(p.split(":")[1])
            if not p.startswith("127.0.0.1:"):
                say(f"port {p} is open to everybody")
        if "build" in s and not os.path.exists(os.path.join(s["build"]["context"], s["build"]["dockerfile"])):
            say("no Dockerfile")
        if s.get("restart") is None:
            say("nothing says whether it is started again")
        if s.get("image") == "weir":
            check_job(name, s, services, say)
    if len(set(published)) != len(published):
        problems.append(f"{path}: two services have one port")
    if not set(scrape["names"]) <= set(names_of(services)) or str(scrape["port"]) != exposed:
        problems.append(f"{path}: Prometheus asks {scrape}, which is nobody")
    return len(services)


n = [check(a, b) for a, b in zip(sys.argv[1::2], sys.argv[2::2])]
for p in problems:
    print(p)
print(f"{len(n)} compose files, {sum(n)} services")
sys.exit(bool(problems) or not n)
