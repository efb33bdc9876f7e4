// c-ares 1.18 and newer as Swift sees it. Newer versions mark as deprecated what older ones have nothing in place of, and made
// an enumeration of the status codes: here both look alike. Nothing here decides anything.
#ifndef TIDEGATE_CCARES_SHIM_H
#define TIDEGATE_CCARES_SHIM_H

#define CARES_NO_DEPRECATED
#include <ares.h>

#define TIDEGATE_ARES_ANSWERED 0
#define TIDEGATE_ARES_NO_DATA 1
#define TIDEGATE_ARES_NO_NAME 2
#define TIDEGATE_ARES_SERVER_FAILED 3
#define TIDEGATE_ARES_REFUSED 4
#define TIDEGATE_ARES_TIMED_OUT 5
#define TIDEGATE_ARES_UNREACHABLE 6
#define TIDEGATE_ARES_BAD_NAME 7
#define TIDEGATE_ARES_BAD_ANSWER 8
#define TIDEGATE_ARES_OTHER 9

static inline int tidegate_ares_outcome(int status) {
    switch (status) {
        case ARES_SUCCESS: return TIDEGATE_ARES_ANSWERED;
        case ARES_ENODATA: return TIDEGATE_ARES_NO_DATA;
        case ARES_ENOTFOUND: return TIDEGATE_ARES_NO_NAME;
        case ARES_ESERVFAIL:
        case ARES_ENOTIMP: return TIDEGATE_ARES_SERVER_FAILED;
        case ARES_EREFUSED: return TIDEGATE_ARES_REFUSED;
        case ARES_ETIMEOUT:
        case ARES_ECANCELLED: return TIDEGATE_ARES_TIMED_OUT;
        case ARES_ECONNREFUSED: return TIDEGATE_ARES_UNREACHABLE;
        case ARES_EBADNAME:
        case ARES_EBADQUERY:
        case ARES_EBADSTR: return TIDEGATE_ARES_BAD_NAME;
        case ARES_EFORMERR:
        case ARES_EBADRESP: return TIDEGATE_ARES_BAD_ANSWER;
        default: return TIDEGATE_ARES_OTHER;
    }
}

static inline int tidegate_ares_is_well(int status) { return status == ARES_SUCCESS; }

#endif
