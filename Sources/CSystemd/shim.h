// What a service says to systemd, and takes from it: sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3).
#ifndef TIDEGATE_CSYSTEMD_H
#define TIDEGATE_CSYSTEMD_H

#include <systemd/sd-daemon.h>

#endif
