// SPDX-License-Identifier: BSD-3-Clause
/*
 * hfi1-vfio-ctl: one command to hfi1-vfio, over its socket or, in a guest,
 * over the serial line that leads there.
 *
 * Usage: hfi1-vfio-ctl PATH COMMAND [ARGUMENT...]
 *
 * Prints the answer; the exit status is 0 for `ok`.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#define TIMEOUT_MS 10000

static int fail(const char *what)
{
	fprintf(stderr, "hfi1-vfio-ctl: %s: %s\n", what, strerror(errno));
	return -1;
}

static int open_socket(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return fail(path);
	}
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sun, sizeof(sun)))
		return fail(path);
	return fd;
}

/* One command at a time, and nothing left over from an earlier one. */
static int open_line(const char *path)
{
	struct termios t;
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX) || tcgetattr(fd, &t))
		return fail(path);
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	if (tcsetattr(fd, TCSANOW, &t) || tcflush(fd, TCIOFLUSH))
		return fail(path);
	return fd;
}

static int open_path(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return fail(path);
	return S_ISSOCK(st.st_mode) ? open_socket(path) : open_line(path);
}

static int put(int fd, const char *text, size_t len)
{
	ssize_t n;

	for (; len; text += n, len -= n) {
		n = write(fd, text, len);
		if (n < 0)
			return fail("write");
	}
	return 0;
}

static int ask(int fd, int argc, char **argv)
{
	char line[1024];
	size_t len = 0;
	int i;

	for (i = 0; i < argc; i++)
		len += snprintf(line + len,
				len < sizeof(line) ? sizeof(line) - len : 0,
				"%s%s", i ? " " : "", argv[i]);
	if (len + 1 >= sizeof(line)) {
		errno = E2BIG;
		return fail("command");
	}
	line[len++] = '\n';
	return put(fd, line, len);
}

/* One character of the answer; 0 at the end of the stream. */
static int next(int fd, char *c)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, TIMEOUT_MS) != 1) {
		errno = ETIMEDOUT;
		return fail("no answer");
	}
	n = read(fd, c, 1);
	return n < 0 ? fail("read") : (int)n;
}

/* Print lines up to the verdict; its exit status. */
static int hear(int fd)
{
	char line[2048];
	size_t len = 0;
	char c;

	while (next(fd, &c) == 1) {
		if (c != '\n' && len < sizeof(line) - 1) {
			line[len++] = c;
			continue;
		}
		line[len] = '\0';
		len = 0;
		if (!strcmp(line, "ok"))
			return 0;
		printf("%s\n", line);
		if (!strncmp(line, "error:", 6))
			return 1;
	}
	return 2;
}

int main(int argc, char **argv)
{
	int fd;

	if (argc < 3) {
		fprintf(stderr,
			"usage: hfi1-vfio-ctl PATH COMMAND [ARGUMENT...]\n");
		return 2;
	}
	fd = open_path(argv[1]);
	if (fd < 0 || ask(fd, argc - 2, argv + 2))
		return 2;
	return hear(fd);
}
