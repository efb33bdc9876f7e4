// What Linux offers in a shape that Swift cannot import: a packed epoll_event, GNU extensions, macros.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Bytes of one event in the array that bench_epoll_wait fills.
size_t bench_event_size(void);
/// The tag that was registered with the descriptor of event `index`.
uint64_t bench_event_tag(const void *events, int index);
/// The readiness bits (BENCH_IN …) of event `index`.
uint32_t bench_event_ready(const void *events, int index);

/// A new epoll instance, or -errno.
int bench_epoll_create(void);
/// Register (BENCH_ADD), change or remove a descriptor. 0 or -errno.
int bench_epoll_set(int epoll, int operation, int descriptor, uint32_t interest, uint64_t tag);
/// Wait at most `timeout_ns` (negative: for ever). The number of events, or -errno (EINTR counts as no event).
int bench_epoll_wait(int epoll, void *events, int capacity, int64_t timeout_ns);

/// Accept one connection, non-blocking and close-on-exec. A descriptor or -errno.
int bench_accept(int listener);
/// Raise the soft limit of open descriptors to the hard one; the limit that holds afterwards.
uint64_t bench_raise_descriptor_limit(void);

enum { BENCH_ADD = 1, BENCH_REMOVE = 2, BENCH_CHANGE = 3 };
enum { BENCH_IN = 0x001, BENCH_OUT = 0x004, BENCH_ERROR = 0x008, BENCH_HANGUP = 0x010 };
