// OpenSSL 3 as Swift sees it: the library's own functions, and a `static inline` wrapper for each macro or
// variadic function that Swift cannot import. Nothing here decides anything.
#ifndef TIDEGATE_COPENSSL_SHIM_H
#define TIDEGATE_COPENSSL_SHIM_H

#include <malloc.h>  // mallinfo2, for the test that weighs an engine

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// BIO

static inline void tidegate_BIO_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void tidegate_BIO_retry_write(BIO *bio) { BIO_set_retry_write(bio); }
static inline void tidegate_BIO_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

// Contexts

static inline int tidegate_SSL_CTX_set_minimum_version(SSL_CTX *ctx, int version) {
    return (int)SSL_CTX_set_min_proto_version(ctx, version);
}
static inline int tidegate_SSL_CTX_set_maximum_version(SSL_CTX *ctx, int version) {
    return (int)SSL_CTX_set_max_proto_version(ctx, version);
}
static inline long tidegate_SSL_CTX_set_mode(SSL_CTX *ctx, long mode) { return SSL_CTX_set_mode(ctx, mode); }
static inline long tidegate_SSL_CTX_clear_mode(SSL_CTX *ctx, long mode) { return SSL_CTX_clear_mode(ctx, mode); }
static inline long tidegate_SSL_CTX_set_session_cache_mode(SSL_CTX *ctx, long mode) {
    return SSL_CTX_set_session_cache_mode(ctx, mode);
}
static inline int tidegate_SSL_CTX_set_groups(SSL_CTX *ctx, const char *list) {
    return (int)SSL_CTX_set1_groups_list(ctx, list);
}
static inline int tidegate_SSL_CTX_add_chain_certificate(SSL_CTX *ctx, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(ctx, certificate);
}
static inline void tidegate_SSL_CTX_set_read_ahead(SSL_CTX *ctx, int on) { SSL_CTX_set_read_ahead(ctx, on); }
static inline void tidegate_SSL_CTX_on_server_name(SSL_CTX *ctx, int (*callback)(SSL *, int *, void *), void *argument) {
    SSL_CTX_set_tlsext_servername_callback(ctx, callback);
    SSL_CTX_set_tlsext_servername_arg(ctx, argument);
}

// Connections

static inline int tidegate_SSL_set_maximum_version(SSL *ssl, int version) {
    return (int)SSL_set_max_proto_version(ssl, version);
}
static inline int tidegate_SSL_set_server_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

static inline EVP_PKEY *tidegate_SSL_get1_own_ephemeral_key(SSL *ssl) {
    EVP_PKEY *key = NULL;
    return SSL_get_tmp_key(ssl, &key) == 1 ? key : NULL;
}
static inline EVP_PKEY *tidegate_SSL_get1_peer_ephemeral_key(SSL *ssl) {
    EVP_PKEY *key = NULL;
    return SSL_get_peer_tmp_key(ssl, &key) == 1 ? key : NULL;
}
static inline void tidegate_SSL_set_msg_argument(SSL *ssl, void *argument) { SSL_set_msg_callback_arg(ssl, argument); }

static inline int tidegate_SSL_CTX_add_authority(SSL_CTX *ctx, X509 *certificate) {
    return X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), certificate);
}
static inline int tidegate_SSL_CTX_believe_intermediates(SSL_CTX *ctx) {
    return X509_STORE_set_flags(SSL_CTX_get_cert_store(ctx), X509_V_FLAG_PARTIAL_CHAIN);
}
/// Asks for and verifies a DNS name, by the alternative names alone and with a star for a whole label at most.
static inline int tidegate_SSL_expect_host(SSL *ssl, const char *name) {
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return SSL_set1_host(ssl, name);
}
static inline int tidegate_SSL_expect_address(SSL *ssl, const char *address) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), address);
}

// Tickets

static inline int tidegate_ticket_mac(EVP_MAC_CTX *mac, unsigned char *key, size_t count) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, count),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, parameters);
}

// Keys and certificates

static inline EVP_PKEY *tidegate_generate_P256(void) { return EVP_EC_gen("P-256"); }
static inline int tidegate_GENERAL_NAMES_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
static inline const GENERAL_NAME *tidegate_GENERAL_NAMES_get(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}
static inline void tidegate_X509V3_context(X509V3_CTX *context, X509 *issuer, X509 *subject) {
    X509V3_set_ctx_nodb(context);
    X509V3_set_ctx(context, issuer, subject, NULL, NULL, 0);
}

static inline int tidegate_X509_NAME_print(BIO *bio, const X509_NAME *name) {
    return X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
}

// SHA-1 of a few bytes, by the plain functions: through EVP a digest costs as much again for its context. They are deprecated
// for the sake of providers, of which there is none here.

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static inline int tidegate_SHA1(const void *bytes, size_t count, const void *more, size_t more_count, unsigned char *digest) {
    SHA_CTX context;
    return SHA1_Init(&context) && SHA1_Update(&context, bytes, count) && SHA1_Update(&context, more, more_count) &&
           SHA1_Final(digest, &context);
}
#pragma GCC diagnostic pop

// Errors

static inline int tidegate_ERR_library(unsigned long code) { return ERR_GET_LIB(code); }
static inline int tidegate_ERR_reason(unsigned long code) { return ERR_GET_REASON(code); }
static inline int tidegate_ERR_is_ours(int reason) { return reason == ERR_R_MALLOC_FAILURE || reason == ERR_R_INTERNAL_ERROR; }

// Bit masks that are shifted macros

static inline uint64_t tidegate_server_options(void) {
    return SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
           SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
}
static inline uint64_t tidegate_client_options(void) {
    return SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
}
static inline uint64_t tidegate_init_options(void) { return OPENSSL_INIT_NO_ATEXIT; }

#endif
