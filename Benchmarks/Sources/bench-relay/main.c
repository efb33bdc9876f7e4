// The bare relay: what any proxy costs at least. Two connections a tunnel, recv and send in a loop, one thread, level-triggered
// epoll; no byte is looked at. `bench-relay --port P --backend P [--lifetime 600]`, on 127.0.0.1; ends at SIGTERM.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AREA = 256 * 1024, EVENTS = 1024 };

// One connection. What its partner's kernel did not take waits in `held`, and nothing more is read from it meanwhile.
struct side {
    int descriptor;
    uint32_t interest;
    bool connecting, ended, dead;
    struct side *partner;
    char *held;
    size_t held_start, held_end;
    struct side *next_dead;
};

static int loop;
static char area[AREA];
static struct side *dead;
static struct sockaddr_in backend;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void register_side(int operation, struct side *side) {
    struct epoll_event event = {.events = side->interest, .data.ptr = side};
    if (epoll_ctl(loop, operation, side->descriptor, &event) != 0) die("epoll_ctl");
}

// Reads while nothing is held of it and it has not ended; writes while something of its partner's is held, or it connects. Wanting
// neither it leaves epoll, which would tell of a hang-up again and again while its last bytes cannot be taken yet.
static void settle(struct side *side) {
    if (side->dead) return;
    bool reads = !side->connecting && !side->partner->connecting && !side->held && !side->ended;
    bool writes = side->connecting || side->partner->held;
    uint32_t wanted = (reads ? EPOLLIN : 0) | (writes ? EPOLLOUT : 0);
    if (wanted == side->interest) return;
    int operation = !side->interest ? EPOLL_CTL_ADD : !wanted ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    side->interest = wanted;
    register_side(operation, side);
}

// Memory is given back after the turn: events of this turn may still point to it.
static void bury(struct side *side) {
    if (side->dead) return;
    side->dead = true;
    close(side->descriptor);
    side->next_dead = dead;
    dead = side;
}

static void end_tunnel(struct side *side) {
    bury(side->partner);
    bury(side);
}

static void free_dead(void) {
    while (dead) {
        struct side *next = dead->next_dead;
        free(dead->held);
        free(dead);
        dead = next;
    }
}

static void finish_direction(struct side *from) {
    shutdown(from->partner->descriptor, SHUT_WR);
    if (from->partner->ended) end_tunnel(from);
}

static void relay(struct side *from) {
    ssize_t count = recv(from->descriptor, area, AREA, 0);
    if (count < 0) {
        if (errno != EAGAIN && errno != EINTR) end_tunnel(from);
        return;
    }
    if (count == 0) {
        from->ended = true;
        finish_direction(from);
        return;
    }
    ssize_t sent = send(from->partner->descriptor, area, (size_t)count, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return end_tunnel(from);
    if (sent < 0) sent = 0;
    if (sent == count) return;
    from->held_start = 0;
    from->held_end = (size_t)(count - sent);
    from->held = malloc(from->held_end);
    if (!from->held) die("malloc");
    memcpy(from->held, area + sent, from->held_end);
}

static void send_held(struct side *from) {
    size_t left = from->held_end - from->held_start;
    ssize_t sent = send(from->partner->descriptor, from->held + from->held_start, left, MSG_NOSIGNAL);
    if (sent < 0) {
        if (errno != EAGAIN && errno != EINTR) end_tunnel(from);
        return;
    }
    from->held_start += (size_t)sent;
    if (from->held_start < from->held_end) return;
    free(from->held);
    from->held = NULL;
}

static void act(struct side *side, uint32_t ready) {
    if (side->dead) return;
    if (side->connecting) {
        int code = 0;
        socklen_t length = sizeof code;
        if (getsockopt(side->descriptor, SOL_SOCKET, SO_ERROR, &code, &length) != 0 || code != 0) return end_tunnel(side);
        side->connecting = false;
    } else {
        if ((ready & EPOLLOUT) && side->partner->held) send_held(side->partner);
        if (!side->dead && (ready & EPOLLIN)) relay(side);
        else if (!side->dead && !(ready & EPOLLOUT)) end_tunnel(side);  // An error, and nothing to find it out by.
    }
    if (side->dead) return;
    settle(side);
    settle(side->partner);
}

static struct side *make_side(int descriptor, bool connecting) {
    struct side *side = calloc(1, sizeof *side);
    if (!side) die("calloc");
    int one = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    side->descriptor = descriptor;
    side->connecting = connecting;
    return side;
}

static void accept_all(int listener) {
    int client;
    while ((client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        int upstream = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (upstream < 0) die("socket");
        int started = connect(upstream, (struct sockaddr *)&backend, sizeof backend);
        if (started != 0 && errno != EINPROGRESS) {
            close(upstream);
            close(client);
            continue;
        }
        struct side *near = make_side(client, false), *far = make_side(upstream, started != 0);
        near->partner = far;
        far->partner = near;
        settle(near);
        settle(far);
    }
    if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR) die("accept4");
}

static long option(int count, char **words, const char *name, long fallback, long most) {
    for (int index = 1; index + 1 < count; index += 2) {
        if (strcmp(words[index], name) != 0) continue;
        char *end;
        long value = strtol(words[index + 1], &end, 10);
        if (*end == 0 && value > 0 && value <= most) return value;
        fallback = 0;
    }
    if (fallback > 0) return fallback;
    fprintf(stderr, "bench-relay --port P --backend P [--lifetime SECONDS]\n");
    exit(64);
}

static int listen_on(long port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int one = 1;
    if (listener < 0) die("socket");
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) != 0) die("bind");
    if (listen(listener, 4096) != 0) die("listen");
    return listener;
}

int main(int count, char **words) {
    long port = option(count, words, "--port", 0, 65535);
    long target = option(count, words, "--backend", 0, 65535);
    struct rlimit limit;
    alarm((unsigned)option(count, words, "--lifetime", 600, 86400));
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    backend = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)target), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int listener = listen_on(port);
    loop = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event events[EVENTS], event = {.events = EPOLLIN, .data.ptr = NULL};
    if (loop < 0 || epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event) != 0) die("epoll");
    for (;;) {
        int ready = epoll_wait(loop, events, EVENTS, -1);
        if (ready < 0 && errno != EINTR) die("epoll_wait");
        for (int index = 0; index < ready; index++) {
            if (events[index].data.ptr) act(events[index].data.ptr, events[index].events);
            else accept_all(listener);
        }
        free_dead();
    }
}
