/*
 * Calls at a fixed rate, whether or not the last ones are answered: `load PORT REQUEST RATE CALLS`.
 *
 * REQUEST is a file with an HTTP request as it goes onto the wire. Connections are used again; a call without
 * an idle one opens another. Times count from when a call was due, not from when it was sent. In answers, "@"
 * and 16 digits are the time at which `upstream` sent them, in microseconds of CLOCK_MONOTONIC.
 * Prints one line of JSON: microseconds at the 50th and 99th percentile.
 */

#include "shared.h"

#define PATIENCE_US 30000000

typedef struct connection {
  int fd;
  int head_length, in_body, has_content, is_idle;
  /* Bytes of the body that are still to come; -1 while it ends with a last chunk. */
  int64_t body_left;
  char tail[7];
  char head[MAX_HEAD];
  int64_t due_us;
  /* Digits of a stamp that were read so far; -1 outside of one. */
  int digits;
  int64_t stamp;
  struct connection *next_idle;
} connection;

/* Microseconds. */
typedef struct {
  int64_t *values;
  size_t length, room;
} series;

static connection *connections[MAX_CONNECTIONS];
static connection *idle;
static char *request;
static size_t request_length;
static int poll_fd, port, finished, failed;
static int64_t last_news_us;
static series first_bytes, whole, first_stamps, stamps;

static void add(series *s, int64_t value) {
  if (s->length == s->room) {
    s->room = s->room ? s->room * 2 : 65536;
    s->values = realloc(s->values, s->room * sizeof *s->values);
    if (!s->values) fail("memory");
  }
  s->values[s->length++] = value;
}

static int compare(const void *left, const void *right) {
  int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return a < b ? -1 : a > b;
}

static void print_series(const char *name, series *s) {
  qsort(s->values, s->length, sizeof *s->values, compare);
  int64_t median = s->length ? s->values[s->length / 2] : 0;
  int64_t late = s->length ? s->values[s->length * 99 / 100] : 0;
  printf("\"%s\":{\"count\":%zu,\"p50\":%lld,\"p99\":%lld},", name, s->length, (long long)median,
         (long long)late);
}

static connection *connect_new(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || fd >= MAX_CONNECTIONS) fail("socket");
  if (connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
  connection *c = calloc(1, sizeof *c);
  c->fd = fd;
  connections[fd] = c;
  watch_new(poll_fd, fd);
  return c;
}

static void close_connection(connection *c) {
  close(c->fd);
  connections[c->fd] = NULL;
  free(c);
}

/* One that the server has closed meanwhile is still in the list, with no descriptor. */
static connection *take_idle(void) {
  while (idle) {
    connection *c = idle;
    idle = c->next_idle;
    if (c->fd >= 0) return c;
    free(c);
  }
  return NULL;
}

static void begin_call(int64_t due_us) {
  connection *c = take_idle();
  if (!c) c = connect_new();
  c->due_us = due_us;
  c->is_idle = c->head_length = c->in_body = c->has_content = 0;
  c->digits = -1;
  memset(c->tail, 0, sizeof c->tail);
  /* Sockets block, so a request of some kilobytes goes out whole. */
  if (send(c->fd, request, request_length, MSG_NOSIGNAL) != (ssize_t)request_length) {
    failed++;
    finished++;
    close_connection(c);
  }
}

static void end_call(connection *c, int64_t at_us) {
  add(&whole, at_us - c->due_us);
  finished++;
  if (strncmp(c->head, "HTTP/1.1 200", 12) != 0) failed++;
  c->is_idle = 1;
  c->next_idle = idle;
  idle = c;
}

static void read_stamps(connection *c, const char *bytes, size_t length, int64_t at_us) {
  const char *end = bytes + length;
  while (bytes < end) {
    if (c->digits < 0) {
      bytes = memchr(bytes, '@', end - bytes);
      if (!bytes) return;
      c->digits = 0;
      c->stamp = 0;
    } else {
      c->stamp = c->stamp * 10 + (*bytes - '0');
      if (++c->digits == STAMP_DIGITS) {
        c->digits = -1;
        if (!c->has_content) add(&first_stamps, at_us - c->due_us);
        c->has_content = 1;
        add(&stamps, at_us - c->stamp);
      }
    }
    bytes++;
  }
}

static void take_body(connection *c, const char *bytes, size_t length, int64_t at_us) {
  read_stamps(c, bytes, length, at_us);
  if (c->body_left >= 0) c->body_left -= length;
  else if (ends_with(c->tail, "\r\n0\r\n\r\n", sizeof c->tail, bytes, length)) c->body_left = 0;
  if (c->body_left == 0) end_call(c, at_us);
}

static void take_head(connection *c, const char *bytes, size_t length, int64_t at_us) {
  if (c->head_length == 0) add(&first_bytes, at_us - c->due_us);
  memcpy(c->head + c->head_length, bytes, length);
  c->head_length += length;
  c->head[c->head_length] = 0;
  char *end = strstr(c->head, "\r\n\r\n");
  if (!end) return;
  char *size = strcasestr(c->head, "\ncontent-length:");
  c->body_left = size && size < end ? atoll(size + 16) : -1;
  c->in_body = 1;
  take_body(c, end + 4, c->head + c->head_length - end - 4, at_us);
}

static void receive(connection *c) {
  static char bytes[262144];
  size_t room = c->in_body ? sizeof bytes : (size_t)(MAX_HEAD - 1 - c->head_length);
  ssize_t n = recv(c->fd, bytes, room, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return;
  last_news_us = now_us();
  if (c->is_idle) {
    if (n > 0) fail("bytes after the answer");
    close(c->fd);
    connections[c->fd] = NULL;
    c->fd = -1;
  } else if (n <= 0) {
    failed++;
    finished++;
    close_connection(c);
  } else if (c->in_body) {
    take_body(c, bytes, n, last_news_us);
  } else {
    take_head(c, bytes, n, last_news_us);
  }
}

int main(int count, char **arguments) {
  if (count != 5) {
    fprintf(stderr, "load PORT REQUEST RATE CALLS\n");
    return 2;
  }
  port = atoi(arguments[1]);
  request = read_file(arguments[2], &request_length);
  double gap_us = 1e6 / atof(arguments[3]);
  int calls = atoi(arguments[4]), begun = 0;
  poll_fd = epoll_create1(0);
  int64_t start_us = last_news_us = now_us();
  while (finished < calls) {
    int64_t due_us = start_us + (int64_t)(begun * gap_us);
    int64_t wait_us = begun < calls ? due_us - now_us() : 1000000;
    if (wait_us <= 0) {
      begin_call(due_us);
      begun++;
      continue;
    }
    if (now_us() - last_news_us > PATIENCE_US) fail("no answer for 30 s");
    struct timespec wait = {wait_us / 1000000, wait_us % 1000000 * 1000};
    struct epoll_event events[256];
    int ready = epoll_pwait2(poll_fd, events, 256, &wait, NULL);
    if (ready < 0) fail("epoll");
    for (int i = 0; i < ready; i++) {
      if (connections[events[i].data.fd]) receive(connections[events[i].data.fd]);
    }
  }
  printf("{");
  print_series("firstByte", &first_bytes);
  print_series("whole", &whole);
  print_series("firstContent", &first_stamps);
  print_series("chunk", &stamps);
  printf("\"failed\":%d}\n", failed);
}
