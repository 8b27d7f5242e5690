// SPDX-License-Identifier: BSD-3-Clause
/*
 * Locking: server.lock guards the client's descriptor, which the stopping
 * thread shuts down to get the serving thread out of any call on it.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "server.h"
#include "sock.h"

struct vfu_server {
	char *path;
	const char *name;
	int (*serve)(int sock, void *arg);
	void *arg;
	int listener;
	pthread_t thread;
	pthread_mutex_t lock;
	int client; /* -1 without */
	bool stop;
};

/* False when the server stops; the client is then not to be served. */
static bool set_client(struct vfu_server *srv, int fd)
{
	bool go_on;

	pthread_mutex_lock(&srv->lock);
	srv->client = fd;
	go_on = !srv->stop;
	pthread_mutex_unlock(&srv->lock);
	return go_on;
}

static void serve_client(struct vfu_server *srv, int fd)
{
	int err;

	if (set_client(srv, fd)) {
		vfu_log(VFU_LOG_INFO, srv->name, "client connected");
		err = srv->serve(fd, srv->arg);
		vfu_log(VFU_LOG_INFO, srv->name, "client gone%s%s",
			err ? ": " : "", err ? strerror(-err) : "");
	}
	set_client(srv, -1);
	close(fd);
}

static void *server_main(void *arg)
{
	struct vfu_server *srv = arg;
	int fd;

	while ((fd = vfu_accept(srv->listener)) >= 0)
		serve_client(srv, fd);
	return NULL;
}

static void server_free(struct vfu_server *srv)
{
	if (srv->listener >= 0)
		close(srv->listener);
	pthread_mutex_destroy(&srv->lock);
	free(srv->path);
	free(srv);
}

struct vfu_server *vfu_server_start(const char *path, const char *name,
				    int (*serve)(int sock, void *arg),
				    void *arg, int *err)
{
	struct vfu_server *srv = calloc(1, sizeof(*srv));

	*err = -ENOMEM;
	if (!srv)
		return NULL;
	pthread_mutex_init(&srv->lock, NULL);
	srv->name = name;
	srv->serve = serve;
	srv->arg = arg;
	srv->client = -1;
	srv->listener = -1;
	srv->path = strdup(path);
	if (srv->path)
		srv->listener = *err = vfu_listen(path);
	if (srv->listener >= 0)
		*err = -pthread_create(&srv->thread, NULL, server_main, srv);
	if (!*err)
		return srv;
	if (srv->listener >= 0)
		unlink(path);
	server_free(srv);
	return NULL;
}

void vfu_server_stop(struct vfu_server *srv)
{
	if (!srv)
		return;
	/* Before it is refused, or a successor's socket would be removed. */
	unlink(srv->path);
	pthread_mutex_lock(&srv->lock);
	srv->stop = true;
	shutdown(srv->listener, SHUT_RDWR);
	if (srv->client >= 0)
		shutdown(srv->client, SHUT_RDWR);
	pthread_mutex_unlock(&srv->lock);
	pthread_join(srv->thread, NULL);
	server_free(srv);
}
