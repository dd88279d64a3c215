"""Every name, port, path, file, variable and health command of a compose file exists. Arguments: pairs of a compose file, and what
`docker-compose config` makes of it. WEIR names the program: the jobs are checked as they would be served. A job that a script starts
is started by it, with a program in the place of weir that says what it was told."""
import glob, os, re, shlex, subprocess, sys, tempfile
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


def inside_out(s, word, say):
    """The path in the source of a path in the container."""
    for source, inside in (v.split(":")[:2] for v in s.get("volumes", []) if v.startswith("/")):
        if word == inside or word.startswith(inside + "/"):
            return os.path.normpath(source + word[len(inside):])
    say(f"{word} is not mounted")
    return word


STUB = """#!/bin/sh
case " $* " in
*" serve "* | *event_producer.sql*) printf '%s\\0' "$@" >"$TOLD" && env -0 >"$TOLD.env" ;;
esac
"""


def script_words(s, say):
    """What the service's script tells weir, and the environment that it leaves to it."""
    entry, command = s["entrypoint"], s.get("command") or []
    with tempfile.TemporaryDirectory() as tmp:
        stub = os.path.join(tmp, "weir")
        open(stub, "w").write(STUB)
        os.chmod(stub, 0o755)
        env = {k: v.replace("/var/lib/weir", tmp) for k, v in environment(s).items()}
        env.update(WEIR=stub, TOLD=tmp + "/told", PATH="/usr/bin:/bin", HOME="/nonexistent")
        script = [inside_out(s, w, say) if w.startswith("/") else w for w in entry]
        r = subprocess.run(script + command, env=env, cwd=tmp, capture_output=True, text=True, timeout=60)
        if r.returncode or not os.path.exists(tmp + "/told"):
            say(f"{' '.join(script + command)}: status {r.returncode}: {r.stderr}")
            return [], {}
        words = [w.replace(tmp, "/var/lib/weir") for w in open(tmp + "/told").read().split("\0")[:-1]]
        left = dict(v.split("=", 1) for v in open(tmp + "/told.env").read().split("\0")[:-1])
        return words, {k: v.replace(tmp, "/var/lib/weir") for k, v in left.items() if k not in ("TOLD", "WEIR")}


def environment(s):
    return {k: str(v) for k, v in (s.get("environment") or {}).items() if v is not None}


def job(s, say):
    """The files of a job as they lie in the source, its other arguments, its environment, the scripts that start it."""
    if s.get("entrypoint"):
        words, env = script_words(s, say)
        folder = os.path.dirname(inside_out(s, s["entrypoint"][1], say))
        scripts = [f for f in ("run.sh", "keys.sh", "environment.sh", "config.env") if os.path.exists(os.path.join(folder, f))]
        scripts = [os.path.join(folder, f) for f in scripts] + [os.path.join(folder, "..", f) for f in ("job.sh", "wait.sh")]
        return [w for w in words if w.endswith(".sql")], [w for w in words if not w.endswith(".sql")], env, scripts
    command = s.get("command") or default_command
    command = shlex.split(command) if isinstance(command, str) else command
    files = [inside_out(s, w, say) for w in command if w.startswith("/etc/")]
    return files, [w for w in command if not w.startswith("/etc/")], environment(s), ["deploy/image/start.sh"]


# The program and its configuration are the image's, and the broker of a compose file is a plain one.
OWN = re.compile(r"WEIR|CONFIG|KAFKA_(SECURITY|SASL|SSL)_.*")


def variables_of(files):
    return set(re.findall(r"\$\{?([A-Z][A-Z_0-9]+)", "".join(open(f).read() for f in files if os.path.isfile(f))))


def check_job(name, s, services, say):
    files, words, env, scripts = job(s, say)
    for w in words:
        if w.startswith("--") and w not in options:
            say(f"weir has no option {w}")
    if "serve" in words:
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
    given = set(s.get("environment") or {})
    folder = glob.glob(os.path.dirname(files[0]) + "/*.sql")
    for k in sorted(given - variables_of(files + folder + scripts + others_of(services))):
        if not k.startswith("AWS_"):  # those are weir's own
            say(f"nobody asks for {k}")
    if s.get("entrypoint"):
        asked = variables_of(files)
        if "serve" in words:
            asked = variables_of([f for f in folder if "/event_" not in f] + scripts) - set(re.findall(r"^\s*export ([A-Z_]+)=", open(scripts[0]).read(), re.M))
        for k in sorted(k for k in asked - given if not OWN.fullmatch(k)):
            say(f"{k} does not reach the container")
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


def others_of(services):
    return [f for s in services.values() if s.get("image") == "weir" for f in job(s, lambda what: None)[0]]


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
            if path.startswith("queries/") and not (s.get("entrypoint") or ["", ""])[1].endswith("/run.sh"):
                say("run.sh does not start it")
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
