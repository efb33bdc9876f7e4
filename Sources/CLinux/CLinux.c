#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <linux/sockios.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <malloc.h>
#include <pthread.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define OR_ERRNO(call) ({ long r_ = (call); r_ < 0 ? -(long)errno : r_; })

size_t cl_epoll_event_size(void) { return sizeof(struct epoll_event); }
int cl_epoll_create(void) { return (int)OR_ERRNO(epoll_create1(EPOLL_CLOEXEC)); }

static int control(int epoll, int operation, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data = {.u64 = data}};
    return (int)OR_ERRNO(epoll_ctl(epoll, operation, fd, &event));
}
int cl_epoll_add(int epoll, int fd, uint32_t events, uint64_t data) { return control(epoll, EPOLL_CTL_ADD, fd, events, data); }
int cl_epoll_modify(int epoll, int fd, uint32_t events, uint64_t data) { return control(epoll, EPOLL_CTL_MOD, fd, events, data); }
int cl_epoll_remove(int epoll, int fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

int cl_epoll_wait(int epoll, void *buffer, int capacity, int timeout_ms) {
    return (int)OR_ERRNO(epoll_wait(epoll, (struct epoll_event *)buffer, capacity, timeout_ms));
}

int cl_eventfd(void) { return (int)OR_ERRNO(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }
void cl_eventfd_wake(int fd) {
    uint64_t one = 1;
    ssize_t ignored = write(fd, &one, sizeof one);
    (void)ignored;
}
void cl_eventfd_clear(int fd) {
    uint64_t count;
    ssize_t ignored = read(fd, &count, sizeof count);
    (void)ignored;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifdef SANITIZED
// Through the library, where sanitizers see what is read and written.
ssize_t cl_recv(int fd, void *buffer, size_t count) { return OR_ERRNO(recv(fd, buffer, count, 0)); }
ssize_t cl_send(int fd, const void *buffer, size_t count) { return OR_ERRNO(send(fd, buffer, count, MSG_NOSIGNAL)); }
ssize_t cl_send_more(int fd, const void *buffer, size_t count) { return OR_ERRNO(send(fd, buffer, count, MSG_NOSIGNAL | MSG_MORE)); }
#else
// The calls themselves: the library's wrappers are cancellation points, two atomic operations each, and nobody cancels here.
ssize_t cl_recv(int fd, void *buffer, size_t count) {
    return OR_ERRNO(syscall(SYS_recvfrom, fd, buffer, count, 0, NULL, NULL));
}
ssize_t cl_send(int fd, const void *buffer, size_t count) {
    return OR_ERRNO(syscall(SYS_sendto, fd, buffer, count, MSG_NOSIGNAL, NULL, 0));
}
ssize_t cl_send_more(int fd, const void *buffer, size_t count) {
    return OR_ERRNO(syscall(SYS_sendto, fd, buffer, count, MSG_NOSIGNAL | MSG_MORE, NULL, 0));
}
#endif

int cl_peek(int fd) {
    char one;
    return (int)OR_ERRNO(recv(fd, &one, 1, MSG_PEEK | MSG_DONTWAIT));
}

int cl_address_ip(struct cl_address *address, int family, const uint8_t *bytes, uint16_t port) {
    memset(address, 0, sizeof *address);
    if (family == 4) {
        struct sockaddr_in *in = (struct sockaddr_in *)&address->storage;
        in->sin_family = AF_INET;
        in->sin_port = htons(port);
        memcpy(&in->sin_addr, bytes, 4);
        address->length = sizeof *in;
        return 0;
    }
    if (family == 6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address->storage;
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(port);
        memcpy(&in6->sin6_addr, bytes, 16);
        address->length = sizeof *in6;
        return 0;
    }
    return -EAFNOSUPPORT;
}

int cl_address_unix(struct cl_address *address, const char *path) {
    memset(address, 0, sizeof *address);
    struct sockaddr_un *un = (struct sockaddr_un *)&address->storage;
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof un->sun_path) return -ENAMETOOLONG;
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, path, length + 1);
    address->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
    return 0;
}

int cl_address_read(const struct cl_address *address, uint8_t *bytes, uint16_t *port) {
    *port = 0;
    switch (address->storage.ss_family) {
    case AF_INET: {
        const struct sockaddr_in *in = (const struct sockaddr_in *)&address->storage;
        memcpy(bytes, &in->sin_addr, 4);
        *port = ntohs(in->sin_port);
        return 4;
    }
    case AF_INET6: {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address->storage;
        memcpy(bytes, &in6->sin6_addr, 16);
        *port = ntohs(in6->sin6_port);
        return 6;
    }
    case AF_UNIX:
        return 1;
    default:
        return 0;
    }
}

size_t cl_address_path(const struct cl_address *address, char *path, size_t capacity) {
    const struct sockaddr_un *un = (const struct sockaddr_un *)&address->storage;
    size_t header = offsetof(struct sockaddr_un, sun_path);
    if (un->sun_family != AF_UNIX || address->length <= header) return 0;
    size_t length = address->length - header;
    if (length > sizeof un->sun_path) length = sizeof un->sun_path;
    if (length > capacity) length = capacity;
    memcpy(path, un->sun_path, length);
    return length;
}

bool cl_address_is_local(const struct cl_address *address) {
    switch (address->storage.ss_family) {
    case AF_UNIX: return true;
    case AF_INET: return ntohl(((const struct sockaddr_in *)&address->storage)->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    case AF_INET6: return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)&address->storage)->sin6_addr);
    default: return false;
    }
}

int cl_socket_for(const struct cl_address *address) {
    return (int)OR_ERRNO(socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}
int cl_bind(int fd, const struct cl_address *a) { return (int)OR_ERRNO(bind(fd, (const struct sockaddr *)&a->storage, a->length)); }
int cl_listen(int fd, int backlog) { return (int)OR_ERRNO(listen(fd, backlog)); }
int cl_accept(int fd, struct cl_address *peer) {
    peer->length = sizeof peer->storage;
    return (int)OR_ERRNO(accept4(fd, (struct sockaddr *)&peer->storage, &peer->length, SOCK_NONBLOCK | SOCK_CLOEXEC));
}
int cl_connect(int fd, const struct cl_address *a) {
    return (int)OR_ERRNO(connect(fd, (const struct sockaddr *)&a->storage, a->length));
}
bool cl_is_connected(int fd) {
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    return getpeername(fd, (struct sockaddr *)&peer, &length) == 0;
}
int cl_local_address(int fd, struct cl_address *address) {
    address->length = sizeof address->storage;
    return (int)OR_ERRNO(getsockname(fd, (struct sockaddr *)&address->storage, &address->length));
}
int cl_socket_error(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return -errno;
    return -error;
}

static int set_int(int fd, int level, int name, int value) {
    return (int)OR_ERRNO(setsockopt(fd, level, name, &value, sizeof value));
}
bool cl_random(void *buffer, size_t count) {
    return getrandom(buffer, count, 0) == (ssize_t)count;
}

int cl_unacknowledged(int fd) {
    int count = 0;
    return ioctl(fd, SIOCOUTQ, &count) < 0 || count < 0 ? 0 : count;
}

uint32_t cl_unanswered_ms(int fd) {
    struct tcp_info info;
    socklen_t length = sizeof info;
    memset(&info, 0, sizeof info);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0) return 0;
    // A peer whose window is closed acknowledges each probe, which sets both counts back.
    return info.tcpi_retransmits > 0 || info.tcpi_probes > 1 ? info.tcpi_last_ack_recv : 0;
}
int cl_set_nodelay(int fd) { return set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1); }
int cl_set_nonblocking(int fd) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return -errno;
    return (int)OR_ERRNO(fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}
int cl_set_reuse_address(int fd) { return set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1); }
int cl_set_v6_only(int fd) { return set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1); }
int cl_set_keepalive(int fd, int idle, int interval, int count) {
    int r = set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    if (r == 0) r = set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, idle);
    if (r == 0) r = set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, interval);
    if (r == 0) r = set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, count);
    return r;
}
int cl_set_reset_on_close(int fd) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    return (int)OR_ERRNO(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
}
int cl_drop_incoming(int fd) {
    struct sock_filter drop[] = {{BPF_RET | BPF_K, 0, 0, 0}};
    struct sock_fprog program = {.len = 1, .filter = drop};
    return (int)OR_ERRNO(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program));
}
int cl_shutdown_write(int fd) { return (int)OR_ERRNO(shutdown(fd, SHUT_WR)); }
int cl_shutdown_both(int fd) { return (int)OR_ERRNO(shutdown(fd, SHUT_RDWR)); }
void cl_close(int fd) { close(fd); }
int cl_open_null(void) { return (int)OR_ERRNO(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

static uint64_t clock_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
uint64_t cl_monotonic_ns(void) { return clock_ns(CLOCK_MONOTONIC); }
uint64_t cl_realtime_ns(void) { return clock_ns(CLOCK_REALTIME); }

uint64_t cl_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return 1024;
    if (limit.rlim_cur < limit.rlim_max) {
        struct rlimit raised = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return limit.rlim_max;
    }
    return limit.rlim_cur;
}
uint64_t cl_descriptor_limit(void) {
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? UINT64_MAX : limit.rlim_cur;
}
void cl_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }
void cl_name_thread(const char *name) {
    char kept[16];
    strncpy(kept, name, sizeof kept - 1);
    kept[sizeof kept - 1] = 0;
    pthread_setname_np(pthread_self(), kept);
}
void cl_tune_malloc(int arenas) {
    mallopt(M_ARENA_MAX, arenas);
    mallopt(M_TRIM_THRESHOLD, 256 * 1024);
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
}
void cl_trim_malloc(void) { malloc_trim(0); }
