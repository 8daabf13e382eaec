/* What both programs need; each is one file with this one. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 16384
#define MAX_HEAD 16384
#define STAMP_DIGITS 16

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* A file whole, with a 0 behind it. */
static char *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) fail(path);
  fseek(file, 0, SEEK_END);
  *length = ftell(file);
  rewind(file);
  char *text = malloc(*length + 1);
  if (fread(text, 1, *length, file) != *length) fail(path);
  fclose(file);
  text[*length] = 0;
  return text;
}

/* Small pieces leave at once, and what arrives wakes the loop. */
static void watch_new(int poll_fd, int fd) {
  int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
}

/* Keeps the last `size` bytes of a body in `tail`; says whether they are `ending`. */
static int ends_with(char *tail, const char *ending, size_t size, const char *bytes, size_t length) {
  if (length >= size) {
    memcpy(tail, bytes + length - size, size);
  } else {
    memmove(tail, tail + length, size - length);
    memcpy(tail + size - length, bytes, length);
  }
  return memcmp(tail, ending, size) == 0;
}
