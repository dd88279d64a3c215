/*
 * engine/connectors/filesystem_stdin.c: see filesystem_stdin.h. The thread reads ahead a bounded amount and then waits
 * for the engine.
 */
#include "engine/connectors/filesystem_stdin.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "base/arena.h"

enum { AHEAD_BYTES_MAX = 4 << 20, READ_BYTES = 64 << 10 };

struct FilesystemStdin {
	pthread_t thread;
	int fd;
	int stop_pipe[2];
	void (*wake)(void *ctx);
	void *wake_ctx;
	pthread_mutex_t mutex; /* guards what follows */
	pthread_cond_t taken;
	StrBuf ahead;
	size_t at;
	bool ended, stop;
};

static bool wait_readable(FilesystemStdin *in)
{
	struct pollfd fds[2] = {{.fd = in->fd, .events = POLLIN}, {.fd = in->stop_pipe[0], .events = POLLIN}};
	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return false;
	return fds[1].revents == 0;
}

static void *run(void *arg)
{
	FilesystemStdin *in = arg;
	char *buf = mem_alloc(READ_BYTES);
	for (bool ended = false; !ended;) {
		if (!wait_readable(in))
			break;
		ssize_t n = read(in->fd, buf, READ_BYTES);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		ended = n <= 0;
		pthread_mutex_lock(&in->mutex);
		while (!in->stop && in->ahead.len - in->at + (size_t)(n > 0 ? n : 0) > AHEAD_BYTES_MAX)
			pthread_cond_wait(&in->taken, &in->mutex);
		bool stop = in->stop;
		if (n > 0 && !stop)
			strbuf_put(&in->ahead, buf, (size_t)n);
		in->ended = ended;
		pthread_mutex_unlock(&in->mutex);
		if (stop)
			break;
		if (in->wake)
			in->wake(in->wake_ctx);
	}
	mem_free(buf);
	return NULL;
}

bool filesystem_stdin_open(int fd, void (*wake)(void *ctx), void *wake_ctx, FilesystemStdin **out, Err *err)
{
	FilesystemStdin *in = MEM_NEW(FilesystemStdin);
	in->fd = fd;
	in->wake = wake;
	in->wake_ctx = wake_ctx;
	strbuf_init(&in->ahead);
	pthread_mutex_init(&in->mutex, NULL);
	pthread_cond_init(&in->taken, NULL);
	if (pipe(in->stop_pipe) != 0) {
		mem_free(in);
		return err_set(err, ERR_IO, "standard input cannot be read: %s", strerror(errno));
	}
	if (pthread_create(&in->thread, NULL, run, in) != 0) {
		close(in->stop_pipe[0]);
		close(in->stop_pipe[1]);
		mem_free(in);
		return err_set(err, ERR_IO, "no thread for standard input");
	}
	*out = in;
	return true;
}

size_t filesystem_stdin_take(FilesystemStdin *in, StrBuf *out, size_t max, bool *ended)
{
	pthread_mutex_lock(&in->mutex);
	size_t n = in->ahead.len - in->at;
	if (n > max)
		n = max;
	if (n)
		strbuf_put(out, in->ahead.ptr + in->at, n);
	in->at += n;
	if (in->at == in->ahead.len) {
		strbuf_clear(&in->ahead);
		in->at = 0;
	} else if (in->at > AHEAD_BYTES_MAX / 2) {
		in->ahead.len -= in->at;
		memmove(in->ahead.ptr, in->ahead.ptr + in->at, in->ahead.len);
		in->at = 0;
	}
	*ended = in->ended && in->at == in->ahead.len;
	pthread_cond_signal(&in->taken);
	pthread_mutex_unlock(&in->mutex);
	return n;
}

void filesystem_stdin_close(FilesystemStdin *in)
{
	pthread_mutex_lock(&in->mutex);
	in->stop = true;
	pthread_cond_signal(&in->taken);
	pthread_mutex_unlock(&in->mutex);
	ssize_t n = write(in->stop_pipe[1], "x", 1);
	(void)n;
	pthread_join(in->thread, NULL);
	close(in->stop_pipe[0]);
	close(in->stop_pipe[1]);
	pthread_mutex_destroy(&in->mutex);
	pthread_cond_destroy(&in->taken);
	strbuf_deinit(&in->ahead);
	mem_free(in);
}
