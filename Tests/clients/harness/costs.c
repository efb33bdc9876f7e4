// Preloaded into the proxy: counts its workers' allocations and system calls in a file that the play maps, too. See costs.py.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { ALLOCATIONS, WAITS, RECEIVES, SENDS, INTERESTS, OTHERS, KINDS };

static unsigned long nowhere[KINDS];
static unsigned long *counts = nowhere;

// What the other threads do (a heartbeat, the admin endpoint's connections) grows with the time that a play takes, not with its messages.
// Work of a message that moved to a thread of another name would not be seen here.
static __thread __attribute__((tls_model("initial-exec"))) bool is_worker;

static void count(int kind) {
    if (is_worker) __atomic_fetch_add(&counts[kind], 1, __ATOMIC_RELAXED);
}

int pthread_setname_np(pthread_t thread, const char *name) {
    static int (*real)(pthread_t, const char *);
    if (!real) real = (int (*)(pthread_t, const char *))dlsym(RTLD_NEXT, "pthread_setname_np");
    if (pthread_equal(thread, pthread_self())) is_worker = strncmp(name, "worker", 6) == 0;
    return real(thread, name);
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("TIDEGATE_COSTS");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof nowhere, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED) counts = mapped;
    close(file);
}

// glibc's own names for what is replaced here.
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t), *__libc_memalign(size_t, size_t);

void *malloc(size_t size) { count(ALLOCATIONS); return __libc_malloc(size); }
void *calloc(size_t number, size_t size) { count(ALLOCATIONS); return __libc_calloc(number, size); }
void *realloc(void *old, size_t size) { count(ALLOCATIONS); return __libc_realloc(old, size); }
void *memalign(size_t alignment, size_t size) { count(ALLOCATIONS); return __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { count(ALLOCATIONS); return __libc_memalign(alignment, size); }
int posix_memalign(void **result, size_t alignment, size_t size) {
    count(ALLOCATIONS);
    return (*result = __libc_memalign(alignment, size)) ? 0 : 12;
}

#define REPLACE(kind, type, name, parameters, arguments) \
    type name parameters { \
        static type (*real) parameters; \
        if (!real) real = (type (*) parameters)dlsym(RTLD_NEXT, #name); \
        count(kind); \
        return real arguments; \
    }

REPLACE(WAITS, int, epoll_wait, (int epoll, struct epoll_event *events, int most, int timeout), (epoll, events, most, timeout))
REPLACE(INTERESTS, int, epoll_ctl, (int epoll, int operation, int fd, struct epoll_event *event), (epoll, operation, fd, event))
REPLACE(RECEIVES, ssize_t, recv, (int fd, void *buffer, size_t size, int flags), (fd, buffer, size, flags))
REPLACE(RECEIVES, ssize_t, recvmsg, (int fd, struct msghdr *message, int flags), (fd, message, flags))
REPLACE(RECEIVES, ssize_t, read, (int fd, void *buffer, size_t size), (fd, buffer, size))
REPLACE(SENDS, ssize_t, send, (int fd, const void *buffer, size_t size, int flags), (fd, buffer, size, flags))
REPLACE(SENDS, ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags))
REPLACE(SENDS, ssize_t, write, (int fd, const void *buffer, size_t size), (fd, buffer, size))
REPLACE(SENDS, ssize_t, writev, (int fd, const struct iovec *parts, int number), (fd, parts, number))
REPLACE(OTHERS, int, setsockopt, (int fd, int level, int name, const void *value, socklen_t size), (fd, level, name, value, size))
REPLACE(OTHERS, int, getsockopt, (int fd, int level, int name, void *value, socklen_t *size), (fd, level, name, value, size))
REPLACE(OTHERS, int, shutdown, (int fd, int how), (fd, how))
REPLACE(OTHERS, int, close, (int fd), (fd))

// The data path goes through this one: SYS_recvfrom and SYS_sendto, which have six arguments.
long syscall(long number, ...) {
    static long (*real)(long, ...);
    if (!real) real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    va_list list;
    va_start(list, number);
    long a[6];
    for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
    va_end(list);
    count(number == SYS_recvfrom ? RECEIVES : number == SYS_sendto ? SENDS : OTHERS);
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
