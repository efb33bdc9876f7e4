#define _GNU_SOURCE
#include "CBench.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Static_assert(BENCH_ADD == EPOLL_CTL_ADD && BENCH_REMOVE == EPOLL_CTL_DEL && BENCH_CHANGE == EPOLL_CTL_MOD, "epoll operations");
_Static_assert(BENCH_IN == EPOLLIN && BENCH_OUT == EPOLLOUT && BENCH_ERROR == EPOLLERR && BENCH_HANGUP == EPOLLHUP, "epoll bits");

size_t bench_event_size(void) { return sizeof(struct epoll_event); }

uint64_t bench_event_tag(const void *events, int index) { return ((const struct epoll_event *)events)[index].data.u64; }

uint32_t bench_event_ready(const void *events, int index) { return ((const struct epoll_event *)events)[index].events; }

int bench_epoll_create(void) {
    int descriptor = epoll_create1(EPOLL_CLOEXEC);
    return descriptor >= 0 ? descriptor : -errno;
}

int bench_epoll_set(int epoll, int operation, int descriptor, uint32_t interest, uint64_t tag) {
    struct epoll_event event = {.events = interest, .data.u64 = tag};
    return epoll_ctl(epoll, operation, descriptor, &event) == 0 ? 0 : -errno;
}

static int wait_in_milliseconds(int epoll, void *events, int capacity, int64_t timeout_ns) {
    int64_t milliseconds = timeout_ns < 0 ? -1 : timeout_ns / 1000000 + (timeout_ns % 1000000 != 0);
    return epoll_wait(epoll, events, capacity, milliseconds > 60000 ? 60000 : (int)milliseconds);
}

int bench_epoll_wait(int epoll, void *events, int capacity, int64_t timeout_ns) {
    int count = -1;
    errno = ENOSYS;
#ifdef SYS_epoll_pwait2
    // A fixed rate needs less than a millisecond. The system call itself: older C libraries have no wrapper for it.
    if (timeout_ns > 0) {
        struct timespec timeout = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
        count = (int)syscall(SYS_epoll_pwait2, epoll, events, capacity, &timeout, NULL, 0);
    }
#endif
    if (count < 0 && errno == ENOSYS) count = wait_in_milliseconds(epoll, events, capacity, timeout_ns);
    if (count >= 0) return count;
    return errno == EINTR ? 0 : -errno;
}

int bench_accept(int listener) {
    int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    return descriptor >= 0 ? descriptor : -errno;
}

uint64_t bench_raise_descriptor_limit(void) {
    struct rlimit limit = {0};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}
