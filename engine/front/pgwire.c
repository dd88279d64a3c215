/*
 * engine/front/pgwire.c: the network thread: one poll loop for all connections. It moves bytes; what they mean is found
 * out in the query pool.
 */
#include "engine/front/pgwire.h"

#include <errno.h>
#include <poll.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "engine/front/pgwire_int.h"

/* REFUSED_MAX: connections above the limit that are being told so. */
enum { READ_PIECE = 64 << 10, CLOSE_US = 2000000, REFUSED_MAX = 8 };

void pgwire_wake(Pgwire *p)
{
	uint64_t one = 1;
	ssize_t n = write(p->wake_fd, &one, sizeof one);
	(void)n; /* the counter is full: it is awake */
}

uint16_t pgwire_port(const Pgwire *p)
{
	return p->port;
}

/* Under the lock: the task looks again at why it waits. */
static void run_soon(PgwireConn *c)
{
	if (c->phase != PHASE_READY || c->queued || c->closing || c->hangup)
		return;
	c->queued = true;
	pool_submit(c->server->pool, &c->job);
}

bool pgwire_taken(Pgwire *p, uint32_t pid, uint32_t key)
{
	for (PgwireConn *c = p->conns; c; c = c->next) {
		if (c->pid != pid || c->key != key || c->phase != PHASE_READY)
			continue;
		pthread_mutex_lock(&c->lock);
		bool busy = atomic_load(&c->busy);
		if (busy) {
			atomic_store(&c->cancel, true);
			session_cancel(c->session);
			run_soon(c);
		}
		pthread_mutex_unlock(&c->lock);
		return busy;
	}
	return false;
}

/* ---- connections ---- */

static bool accept_one(Pgwire *p, int listening, bool local)
{
	int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE)
			clock_sleep_us(10000);
		return false;
	}
	if (!local) {
		int on = 1;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	}
	PgwireConn *c = MEM_NEW(PgwireConn);
	c->job.run = pgwire_task_run;
	c->server = p;
	c->fd = fd;
	c->pid = p->next_pid++;
	hash_random(&c->key, sizeof c->key);
	c->trusted = local && pgwire_listen_trusts(fd);
	c->start = arena_open("start-up", 0);
	c->message = arena_open("message", 0);
	c->stmt = arena_open("wire statement", 0);
	c->opened_us = clock_mono_us(&clock_real);
	atomic_store(&c->wake_us, INT64_MAX);
	atomic_store(&c->deadline_us, INT64_MAX);
	pthread_mutex_init(&c->lock, NULL);
	strbuf_init(&c->in);
	strbuf_reserve(&c->in, 256); /* never without memory: messages are looked for in it */
	strbuf_init(&c->out);
	strbuf_init(&c->buf);
	strbuf_init(&c->query);
	map_init(&c->prepared);
	map_init(&c->portals);
	map_init(&c->reported);
	c->next = p->conns;
	p->conns = c;
	p->nconns++;
	c->one_too_many = p->nconns > PGWIRE_CONNECTIONS_MAX;
	return true;
}

static void accept_all(Pgwire *p, int listening, bool local)
{
	while (p->nconns < PGWIRE_CONNECTIONS_MAX + REFUSED_MAX && accept_one(p, listening, local))
		;
}

static void free_conn(Pgwire *p, PgwireConn *c)
{
	map_deinit(&c->portals);
	map_deinit(&c->prepared);
	scram_close(c->scram);
	arena_close(c->start);
	arena_close(c->message);
	arena_close(c->stmt);
	MapEntry *e;
	for (uint32_t it = 0; (e = map_next(&c->reported, &it));)
		mem_free(e->value);
	map_deinit(&c->reported);
	strbuf_deinit(&c->in);
	strbuf_deinit(&c->out);
	strbuf_deinit(&c->buf);
	strbuf_deinit(&c->query);
	pthread_mutex_destroy(&c->lock);
	close(c->fd);
	mem_free(c);
	p->nconns--;
}

static void hang_up(PgwireConn *c)
{
	c->hangup = true;
	strbuf_clear(&c->out);
	c->out_at = 0;
	atomic_store(&c->cancel, true);
	if (c->session)
		session_cancel(c->session);
}

static size_t unread(const PgwireConn *c)
{
	return c->in.len - c->in_at;
}

/* Strangers send short messages only. */
static PgwireFrame frame(const PgwireConn *c, char *type, Str *body, size_t *size)
{
	PgwireFrame f = pgwire_message_frame(c->in.ptr + c->in_at, unread(c), c->phase == PHASE_STARTUP, type, body, size);
	return c->phase != PHASE_READY && *size > PGWIRE_STARTUP_MAX + 5 ? FRAME_BAD : f;
}

/* How many bytes may be read now. Under the lock. */
static size_t room(const PgwireConn *c)
{
	char type;
	Str body;
	size_t size = 0;
	size_t most = PGWIRE_IN_HIGH;
	if (frame(c, &type, &body, &size) == FRAME_PARTIAL && size > most)
		most = size;
	return unread(c) < most ? most - unread(c) : 0;
}

static void receive(PgwireConn *c)
{
	size_t most = room(c);
	if (most > READ_PIECE)
		most = READ_PIECE;
	if (!most)
		return;
	if (c->in_at && c->in_at >= c->in.len / 2) {
		memmove(c->in.ptr, c->in.ptr + c->in_at, unread(c));
		c->in.len -= c->in_at;
		c->in_at = 0;
	}
	strbuf_reserve(&c->in, most + 1);
	ssize_t n = recv(c->fd, c->in.ptr + c->in.len, most, 0);
	if (n > 0)
		c->in.len += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		hang_up(c);
}

static void send_out(PgwireConn *c)
{
	while (c->out_at < c->out.len) {
		ssize_t n = send(c->fd, c->out.ptr + c->out_at, c->out.len - c->out_at, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			if (errno != EAGAIN)
				hang_up(c);
			break;
		}
		c->out_at += (size_t)n;
	}
	if (c->out_at == c->out.len) {
		strbuf_clear(&c->out);
		c->out_at = 0;
	} else if (c->out_at > PGWIRE_OUT_LOW) {
		memmove(c->out.ptr, c->out.ptr + c->out_at, c->out.len - c->out_at);
		c->out.len -= c->out_at;
		c->out_at = 0;
	}
	if (c->left == LEAVE_ROOM && c->out.len - c->out_at < PGWIRE_OUT_LOW)
		run_soon(c);
}

/* Messages that are whole: at start-up they are answered here, later the pool does. */
static void look_at_input(PgwireConn *c)
{
	while (!c->closing && !c->hangup) {
		char type;
		Str body;
		size_t size;
		PgwireFrame f = frame(c, &type, &body, &size);
		if (f == FRAME_PARTIAL)
			return;
		if (f == FRAME_BAD && !c->queued) {
			Err err = {0};
			err_set(&err, ERR_PROTOCOL, "invalid length of a message");
			pgwire_reply_error(&c->out, &err, "FATAL", NULL, (Str){0});
			c->closing = true;
			return;
		}
		if (c->phase == PHASE_READY) {
			if (f == FRAME_WHOLE && c->queued)
				c->again = true;
			else if (f == FRAME_WHOLE && c->left == LEAVE_IDLE)
				run_soon(c);
			return;
		}
		c->in_at += size;
		bool go = c->phase == PHASE_STARTUP ? pgwire_auth_startup(c, body) : pgwire_auth_password(c, type, body);
		if (!go)
			c->closing = true;
	}
}

static void check_times(PgwireConn *c, int64_t now)
{
	if (c->closing) {
		/* Who does not read what it was told is let go. */
		c->closing_us = c->closing_us ? c->closing_us : now;
		if (now - c->closing_us > CLOSE_US)
			hang_up(c);
		return;
	}
	if (c->phase != PHASE_READY && now - c->opened_us > PGWIRE_AUTH_US)
		c->closing = true;
	int64_t deadline = atomic_load(&c->deadline_us);
	if (deadline <= now && atomic_compare_exchange_strong(&c->deadline_us, &deadline, INT64_MAX)) {
		atomic_store(&c->timed_out, true);
		session_cancel(c->session);
		run_soon(c);
	}
	if (atomic_load(&c->wake_us) <= now && !c->queued) {
		atomic_store(&c->wake_us, INT64_MAX);
		run_soon(c);
	}
}

/* true: nothing more happens here. */
static bool over(const PgwireConn *c)
{
	return !c->queued && (c->hangup || (c->closing && c->out_at == c->out.len));
}

static void visit(PgwireConn *c, short revents, int64_t now)
{
	pthread_mutex_lock(&c->lock);
	if (revents & (POLLERR | POLLNVAL))
		hang_up(c);
	if (!c->hangup && (revents & (POLLIN | POLLHUP | POLLRDHUP)))
		receive(c);
	if (!c->hangup)
		look_at_input(c);
	if (!c->hangup)
		send_out(c);
	if (!c->hangup)
		check_times(c, now);
	pthread_mutex_unlock(&c->lock);
}

/* ---- the loop ---- */

static int64_t next_time(Pgwire *p, int64_t now)
{
	int64_t next = now + 1000000;
	for (PgwireConn *c = p->conns; c; c = c->next) {
		int64_t wake = atomic_load(&c->wake_us), deadline = atomic_load(&c->deadline_us);
		pthread_mutex_lock(&c->lock);
		bool queued = c->queued;
		pthread_mutex_unlock(&c->lock);
		if (wake < next && !queued)
			next = wake;
		if (deadline < next)
			next = deadline;
	}
	return next;
}

static short wanted(PgwireConn *c)
{
	pthread_mutex_lock(&c->lock);
	short events = 0;
	if (!c->hangup && !c->closing && room(c))
		events |= POLLIN;
	if (!c->hangup && c->out_at < c->out.len)
		events |= POLLOUT;
	if (!c->hangup && !c->closing)
		events |= POLLRDHUP;
	pthread_mutex_unlock(&c->lock);
	return events;
}

/* The peer closed its side while a result was being sent and nothing is read: a result nobody waits for. */
static void check_half_closed(PgwireConn *c, short revents)
{
	if (!(revents & POLLRDHUP) || (revents & POLLIN))
		return;
	pthread_mutex_lock(&c->lock);
	hang_up(c);
	pthread_mutex_unlock(&c->lock);
}

static void remove_over(Pgwire *p)
{
	for (PgwireConn **at = &p->conns; *at;) {
		PgwireConn *c = *at;
		pthread_mutex_lock(&c->lock);
		bool gone = over(c);
		if (gone && c->session) { /* then it cannot be cancelled any more */
			/* Closing may wait for the engine: the pool does it. */
			gone = false;
			c->finish = c->session;
			c->session = NULL;
			c->queued = true;
			pool_submit(p->pool, &c->job);
		}
		pthread_mutex_unlock(&c->lock);
		if (!gone) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		free_conn(p, c);
	}
}

static void poll_once(Pgwire *p, struct pollfd *fds, bool stopping)
{
	nfds_t n = 0;
	fds[n++] = (struct pollfd){.fd = p->wake_fd, .events = POLLIN};
	fds[n++] = (struct pollfd){.fd = stopping ? -1 : p->unix_fd, .events = POLLIN};
	fds[n++] = (struct pollfd){.fd = stopping ? -1 : p->tcp_fd, .events = POLLIN};
	for (PgwireConn *c = p->conns; c; c = c->next)
		fds[n++] = (struct pollfd){.fd = c->fd, .events = wanted(c)};
	int64_t now = clock_mono_us(&clock_real), wait_us = next_time(p, now) - now;
	if (stopping && wait_us > 10000)
		wait_us = 10000;
	if (poll(fds, n, wait_us <= 0 ? 0 : (int)(wait_us / 1000) + 1) < 0 && errno != EINTR)
		clock_sleep_us(1000);
	uint64_t count;
	ssize_t got = fds[0].revents ? read(p->wake_fd, &count, sizeof count) : 0;
	(void)got;
	now = clock_mono_us(&clock_real);
	nfds_t i = 3;
	for (PgwireConn *c = p->conns; c; c = c->next, i++) {
		visit(c, fds[i].revents, now);
		check_half_closed(c, fds[i].revents);
	}
	remove_over(p);
	/* At the end: they come in front of the list. */
	if (fds[1].revents & POLLIN)
		accept_all(p, p->unix_fd, true);
	if (fds[2].revents & POLLIN)
		accept_all(p, p->tcp_fd, false);
}

static void say_goodbye(Pgwire *p)
{
	Err err = {0};
	err_set(&err, ERR_CANCELED, "terminating connection: weir is stopping");
	for (PgwireConn *c = p->conns; c; c = c->next) {
		pthread_mutex_lock(&c->lock);
		if (!c->hangup && !c->closing) {
			pgwire_reply_error(&c->out, &err, "FATAL", "57P01", (Str){0});
			c->closing = true;
		}
		atomic_store(&c->cancel, true);
		if (c->session)
			session_cancel(c->session);
		pthread_mutex_unlock(&c->lock);
	}
}

static void *network_main(void *arg)
{
	Pgwire *p = arg;
	struct pollfd *fds = MEM_ARRAY(struct pollfd, PGWIRE_CONNECTIONS_MAX + REFUSED_MAX + 3);
	while (!atomic_load(&p->stop))
		poll_once(p, fds, p->nconns >= PGWIRE_CONNECTIONS_MAX + REFUSED_MAX);
	while (p->conns) {
		say_goodbye(p);
		poll_once(p, fds, true);
	}
	mem_free(fds);
	return NULL;
}

bool pgwire_open(const PgwireOptions *options, Pgwire **out, Err *err)
{
	Pgwire *p = MEM_NEW(Pgwire);
	p->engine = options->engine;
	p->unix_fd = p->tcp_fd = -1;
	p->next_pid = 1;
	if (options->verifier) {
		p->has_verifier = true;
		p->verifier = *options->verifier;
	}
	p->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	bool ok = p->wake_fd >= 0 || err_set(err, ERR_INTERNAL, "cannot make an event: %s", strerror(errno));
	ok = ok && (!options->socket_dir || pgwire_listen_unix(p, options->socket_dir, err));
	ok = ok && (!options->listen || pgwire_listen_tcp(p, options->listen, err));
	if (ok) {
		Settings *s = engine_settings(p->engine);
		p->pool = pool_open((uint32_t)settings_int(s, "weir.query.threads"));
		settings_free(s);
		p->threaded = pthread_create(&p->thread, NULL, network_main, p) == 0;
		ok = p->threaded || err_set(err, ERR_INTERNAL, "cannot start the network thread");
	}
	if (!ok) {
		pgwire_close(p);
		return false;
	}
	*out = p;
	return true;
}

void pgwire_close(Pgwire *p)
{
	if (!p)
		return;
	if (p->threaded) {
		atomic_store(&p->stop, true);
		pgwire_wake(p);
		pthread_join(p->thread, NULL);
	}
	if (p->pool)
		pool_close(p->pool);
	if (p->unix_fd >= 0) {
		close(p->unix_fd);
		unlink(p->socket_path);
	}
	if (p->tcp_fd >= 0)
		close(p->tcp_fd);
	if (p->wake_fd >= 0)
		close(p->wake_fd);
	mem_free(p);
}
