// Thin shims over Linux calls whose headers Swift cannot import well: packed epoll_event, accept4, socket option
// macros. Every function that can fail returns a negative errno value instead of setting errno.
#ifndef TIDEGATE_CLINUX_H
#define TIDEGATE_CLINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define CL_IN 0x001u
#define CL_OUT 0x004u
#define CL_ERR 0x008u
#define CL_HUP 0x010u
#define CL_RDHUP 0x2000u
#define CL_EXCLUSIVE (1u << 28)

/// Bytes that one epoll event takes in the buffer given to `cl_epoll_wait`.
size_t cl_epoll_event_size(void);
int cl_epoll_create(void);
int cl_epoll_add(int epoll, int fd, uint32_t events, uint64_t data);
int cl_epoll_modify(int epoll, int fd, uint32_t events, uint64_t data);
int cl_epoll_remove(int epoll, int fd);
/// Number of events, 0 at the timeout (milliseconds; -1 waits for ever), negative errno.
int cl_epoll_wait(int epoll, void *buffer, int capacity, int timeout_ms);
static inline uint32_t cl_epoll_events_at(const void *buffer, int index) {
    return ((const struct epoll_event *)buffer)[index].events;
}
static inline uint64_t cl_epoll_data_at(const void *buffer, int index) {
    return ((const struct epoll_event *)buffer)[index].data.u64;
}

/// Hints that this memory is needed soon: so many lines of 64 bytes from `address` on. Any address will do, nothing is read.
static inline void cl_fetch(const void *address, int lines) {
    for (int line = 0; line < lines; line++) __builtin_prefetch((const char *)address + 64 * line);
}

int cl_eventfd(void);
/// Wakes a waiter. Never blocks: a full counter already means "awake".
void cl_eventfd_wake(int fd);
void cl_eventfd_clear(int fd);

ssize_t cl_recv(int fd, void *buffer, size_t count);
/// MSG_NOSIGNAL: a vanished peer is EPIPE, never a signal.
ssize_t cl_send(int fd, const void *buffer, size_t count);
/// The same with MSG_MORE: the bytes wait, 200 ms at most, for what follows them, a FIN for one.
ssize_t cl_send_more(int fd, const void *buffer, size_t count);
/// Looks at what a recv would give and takes nothing: 1 for bytes, 0 for the end, -EAGAIN for nothing yet.
int cl_peek(int fd);

struct cl_address {
    struct sockaddr_storage storage;
    socklen_t length;
};

/// family 4 or 6, address in network order (4 or 16 bytes), port in host order.
int cl_address_ip(struct cl_address *address, int family, const uint8_t *bytes, uint16_t port);
/// -ENAMETOOLONG when the path does not fit sun_path.
int cl_address_unix(struct cl_address *address, const char *path);
/// 4, 6, 1 (Unix) or 0; copies up to 16 address bytes and the port.
int cl_address_read(const struct cl_address *address, uint8_t *bytes, uint16_t *port);

/// Copies the path of a Unix address, at most 108 bytes, with the NUL that ends it or begins an abstract one; 0 when it has none.
size_t cl_address_path(const struct cl_address *address, char *path, size_t capacity);

/// A Unix socket's address, or one of the loopback (127.0.0.0/8, ::1).
bool cl_address_is_local(const struct cl_address *address);

/// A non-blocking close-on-exec stream socket for the address's family.
int cl_socket_for(const struct cl_address *address);
int cl_bind(int fd, const struct cl_address *address);
int cl_listen(int fd, int backlog);
int cl_accept(int fd, struct cl_address *peer);
/// 0 connected, -EINPROGRESS under way.
int cl_connect(int fd, const struct cl_address *address);
/// Whether its connection stands, or stood and has a peer's address still; false while it is under way, and when it was refused.
bool cl_is_connected(int fd);
int cl_local_address(int fd, struct cl_address *address);
/// The pending SO_ERROR as a negative errno, 0 when there is none.
int cl_socket_error(int fd);
/// Fills the buffer with random bytes (getrandom(2)); false when the system does not.
bool cl_random(void *buffer, size_t count);
/// Bytes sent that the peer has not acknowledged yet (SIOCOUTQ, tcp(7)); 0 when the system does not say.
int cl_unacknowledged(int fd);
/// Milliseconds since the peer's last ACK while what we sent, or our probes of its closed window, go unanswered; 0 when the
/// peer answers, slow as it may read (TCP_INFO, tcp(7)).
uint32_t cl_unanswered_ms(int fd);
int cl_set_nodelay(int fd);
int cl_set_nonblocking(int fd);
int cl_set_reuse_address(int fd);
int cl_set_v6_only(int fd);
int cl_set_keepalive(int fd, int idle_seconds, int interval_seconds, int count);
/// Makes the next close send RST instead of FIN.
int cl_set_reset_on_close(int fd);
/// Drops everything that arrives for a listening socket from now on, so that what is queued can be accepted before the close.
int cl_drop_incoming(int fd);
int cl_shutdown_write(int fd);
/// A listening socket stops listening at once.
int cl_shutdown_both(int fd);
void cl_close(int fd);
int cl_open_null(void);

uint64_t cl_monotonic_ns(void);
/// Real time: seconds and nanoseconds since the epoch.
uint64_t cl_realtime_ns(void);
/// The soft limit on descriptors after raising it to the hard one.
uint64_t cl_raise_descriptor_limit(void);
/// The soft limit on descriptors as it is now.
uint64_t cl_descriptor_limit(void);
void cl_ignore_sigpipe(void);
/// At most 15 bytes of it are kept.
void cl_name_thread(const char *name);
/// Lets malloc give memory back and keeps arenas few: one per worker and one for the rest.
void cl_tune_malloc(int arenas);
void cl_trim_malloc(void);

#endif
