/*
 * An upstream that is never the bottleneck: `upstream PORT ANSWER [CHUNKS INTERVAL_MS]`.
 *
 * ANSWER is a file with an HTTP response as it goes onto the wire. Every request gets it whole; with CHUNKS,
 * ANSWER ends with a body's first piece, which is sent CHUNKS times, INTERVAL_MS apart, and then what follows
 * the line "--- end" of the file. The head ends with its empty line. In a piece, "@" and 16 digits become the
 * time of sending in microseconds of CLOCK_MONOTONIC, which `load` on the same machine reads again.
 */

#include "shared.h"

typedef struct connection {
  int fd;
  int head_length;
  /* Bytes of the request's body that are still to come; -1 while it ends with a last chunk. */
  int64_t body_left;
  int in_body;
  char tail[5];
  char head[MAX_HEAD];
  /* What is being sent of a whole answer. */
  size_t sent;
  int is_sending;
  /* What is being sent of a paced one. */
  int chunks_left;
  int64_t due_us;
  struct connection *next;
  int is_paced, is_gone;
} connection;

static connection *connections[MAX_CONNECTIONS];
static char *answer, *piece, *ending;
static size_t answer_length, head_length, piece_length, ending_length, stamp_at;
static int chunks, poll_fd;
static int64_t interval_us;
/* All streams have the same interval, so those in the order of joining are in the order of being due. */
static connection *first_due, *last_due;

static void split_answer(void) {
  static const char BORDER[] = "--- end\n";
  piece = strstr(answer, "\r\n\r\n");
  ending = strstr(answer, BORDER);
  if (!piece || !ending) {
    fprintf(stderr, "a paced answer needs a head and the line --- end\n");
    exit(1);
  }
  piece += 4;
  head_length = piece - answer;
  piece_length = ending - piece;
  ending += strlen(BORDER);
  ending_length = answer + answer_length - ending;
  char *stamp = memchr(piece, '@', piece_length);
  stamp_at = stamp ? (size_t)(stamp - piece) + 1 : 0;
}

static void leave(connection *c) {
  if (c->is_gone) return;
  close(c->fd);
  connections[c->fd] = NULL;
  c->is_gone = 1;
  /* One that is in the queue is freed when its turn comes. */
  if (!c->is_paced) free(c);
}

static void watch(connection *c, uint32_t events) {
  struct epoll_event event = {.events = events, .data.fd = c->fd};
  epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &event);
}

static void send_whole(connection *c) {
  while (c->sent < answer_length) {
    ssize_t n = send(c->fd, answer + c->sent, answer_length - c->sent, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EAGAIN) {
        if (!c->is_sending) watch(c, EPOLLIN | EPOLLOUT);
        c->is_sending = 1;
      } else {
        leave(c);
      }
      return;
    }
    c->sent += n;
  }
  if (c->is_sending) watch(c, EPOLLIN);
  c->is_sending = 0;
}

/* Paced answers are small; one that does not fit into the socket belongs to a client that does not read. */
static int send_all(connection *c, const char *bytes, size_t length) {
  ssize_t n = send(c->fd, bytes, length, MSG_NOSIGNAL);
  if (n == (ssize_t)length) return 1;
  leave(c);
  return 0;
}

static int send_piece(connection *c, const char *before, size_t before_length) {
  char bytes[8192], digits[STAMP_DIGITS + 1];
  memcpy(bytes, before, before_length);
  memcpy(bytes + before_length, piece, piece_length);
  if (stamp_at) {
    snprintf(digits, sizeof digits, "%016lld", (long long)now_us());
    memcpy(bytes + before_length + stamp_at, digits, STAMP_DIGITS);
  }
  c->chunks_left--;
  return send_all(c, bytes, before_length + piece_length);
}

static void join_queue(connection *c) {
  c->next = NULL;
  if (last_due) last_due->next = c;
  else first_due = c;
  last_due = c;
}

static void begin_answer(connection *c) {
  if (!chunks) {
    c->sent = 0;
    send_whole(c);
    return;
  }
  c->chunks_left = chunks;
  c->due_us = now_us() + interval_us;
  if (!send_piece(c, answer, head_length)) return;
  c->is_paced = 1;
  join_queue(c);
}

/* Sends what is due; returns milliseconds until the next is, -1 for never. */
static int send_due(void) {
  while (first_due) {
    connection *c = first_due;
    int64_t wait_us = c->due_us - now_us();
    if (!c->is_gone && wait_us > 0) return (int)((wait_us + 999) / 1000);
    first_due = c->next;
    if (!first_due) last_due = NULL;
    c->due_us += interval_us;
    if (c->is_gone) {
      free(c);
    } else if (c->chunks_left == 0) {
      c->is_paced = 0;
      send_all(c, ending, ending_length);
    } else if (send_piece(c, "", 0)) {
      join_queue(c);
    } else {
      free(c);
    }
  }
  return -1;
}

static void take_body(connection *c, const char *bytes, size_t length) {
  if (c->body_left >= 0) c->body_left -= length;
  else if (ends_with(c->tail, "0\r\n\r\n", sizeof c->tail, bytes, length)) c->body_left = 0;
  if (c->body_left != 0) return;
  c->in_body = 0;
  c->head_length = 0;
  begin_answer(c);
}

/* Requests are not pipelined: what follows a head belongs to its body. */
static void take_head(connection *c, const char *bytes, size_t length) {
  memcpy(c->head + c->head_length, bytes, length);
  c->head_length += length;
  c->head[c->head_length] = 0;
  char *end = strstr(c->head, "\r\n\r\n");
  if (!end) return;
  char *size = strcasestr(c->head, "\ncontent-length:");
  c->body_left = size && size < end                              ? atoll(size + 16)
                 : strcasestr(c->head, "\ntransfer-encoding:") ? -1
                                                               : 0;
  c->in_body = 1;
  memset(c->tail, 0, sizeof c->tail);
  take_body(c, end + 4, c->head + c->head_length - end - 4);
}

static void receive(connection *c) {
  static char bytes[65536];
  ssize_t n = recv(c->fd, bytes, c->in_body ? sizeof bytes : (size_t)(MAX_HEAD - 1 - c->head_length), 0);
  if (n <= 0) {
    if (n == 0 || errno != EAGAIN) leave(c);
  } else if (c->in_body) {
    take_body(c, bytes, n);
  } else {
    take_head(c, bytes, n);
  }
}

static int listen_on(int port) {
  int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 4096)) fail("listen");
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
  return fd;
}

static void take_connection(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  if (fd < 0) return;
  if (fd >= MAX_CONNECTIONS) {
    close(fd);
    return;
  }
  connection *c = calloc(1, sizeof *c);
  c->fd = fd;
  connections[fd] = c;
  watch_new(poll_fd, fd);
}

int main(int count, char **arguments) {
  if (count != 3 && count != 5) {
    fprintf(stderr, "upstream PORT ANSWER [CHUNKS INTERVAL_MS]\n");
    return 2;
  }
  answer = read_file(arguments[2], &answer_length);
  if (count == 5) {
    chunks = atoi(arguments[3]);
    interval_us = atoll(arguments[4]) * 1000;
    split_answer();
  }
  poll_fd = epoll_create1(0);
  int listener = listen_on(atoi(arguments[1]));
  while (1) {
    struct epoll_event events[256];
    int ready = epoll_wait(poll_fd, events, 256, send_due());
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        take_connection(listener);
        continue;
      }
      connection *c = connections[fd];
      if (c && (events[i].events & EPOLLOUT)) send_whole(c);
      c = connections[fd];
      if (c && (events[i].events & ~EPOLLOUT)) receive(c);
    }
  }
}
