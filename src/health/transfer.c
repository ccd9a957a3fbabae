/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/transfer.h"

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "health/curlloops.h"
#include "health/source.h"

/* A file of authorities that was replaced counts after so long.  libcurl's own default is a day;
 * reading it anew for each probe would take milliseconds each. */
#define AUTHORITIES_KEPT_S 60

/* What is read of an answer at a time; it is there for as long as the probe is under way, of which there
 * may be thousands.  libcurl's own is 16 KiB. */
#define BUFFER_SIZE 4096L

void transfer_set_long(struct transfer *t, CURLoption option, long v)
{
    if (curl_easy_setopt(t->easy, option, v) != CURLE_OK)
        abort(); /* an option this libcurl lacks, or no memory */
}

void transfer_set_pointer(struct transfer *t, CURLoption option, const void *p)
{
    if (curl_easy_setopt(t->easy, option, p) != CURLE_OK)
        abort();
}

long transfer_get_long(const struct transfer *t, CURLINFO what)
{
    long v = 0;

    curl_easy_getinfo(t->easy, what, &v);
    return v;
}


/* --- Where it goes. --- */

static struct curl_slist *append(struct curl_slist *list, const char *text)
{
    struct curl_slist *longer = curl_slist_append(list, text);

    if (longer == NULL)
        abort();
    return longer;
}

void transfer_header(struct transfer *t, const char *line)
{
    t->headers = append(t->headers, line);
}

/* As libcurl would, but it does not tell why there is none, and knows no source of ours. */
static curl_socket_t on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct transfer *t = arg;
    const int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);

    (void)purpose;
    if (fd < 0) {
        t->socket_errno = errno;
        return CURL_SOCKET_BAD;
    }
    const int rc = source_bind(fd, t->probe);
    if (rc != 0) {
        t->socket_errno = -rc;
        close(fd);
        return CURL_SOCKET_BAD;
    }
    return fd;
}

/* An address as URLs have it: IPv6 in brackets (RFC 3986 §3.2.2). */
static char *bracketed(const struct ipaddr *a)
{
    char text[IPADDR_TEXT];

    return xasprintf(a->family == FAMILY_IP6 ? "[%s]" : "%s", ipaddr_print(a, text));
}

/*
 * Who is asked (name) and where that is (addr) are two things: the name goes into the Host header
 * and the TLS handshake, the connection to the address, on whatever port the URL says: a redirect may
 * name another one.
 */
static void set_target(struct transfer *t, const char *scheme, const char *path)
{
    const struct probe *p = t->probe;
    const struct probe_spec *spec = p->spec;
    const char *name = spec->sni != NULL ? spec->sni : spec->host;
    char *addr = bracketed(&p->addr);

    if (name == NULL)
        name = p->dest->host != NULL ? p->dest->host : addr;
    char *url = xasprintf("%s://%s:%u%s", scheme, name, spec->port, path);
    char *to = xasprintf("::%s:", addr);
    transfer_set_pointer(t, CURLOPT_URL, url);
    t->connect_to = append(NULL, to);
    transfer_set_pointer(t, CURLOPT_CONNECT_TO, t->connect_to);
    free(to);
    free(url);
    free(addr);
}

/* The file of those who are trusted; NULL: nobody is to be checked, or this libcurl knows no file. */
static const char *authorities(const struct transfer *t, bool may_be_tls)
{
    const struct probe_spec *spec = t->probe->spec;
    const char *ca = NULL;

    if (!may_be_tls || !spec->verify)
        return NULL;
    if (spec->ca != NULL)
        return spec->ca;
    curl_easy_getinfo(t->easy, CURLINFO_CAINFO, &ca); /* the system's */
    return ca;
}

/* A folder besides, as Debian's libcurl has one, would keep it from keeping what it read. */
static void trust(struct transfer *t, const char *ca)
{
    transfer_set_pointer(t, CURLOPT_CAINFO, ca);
    transfer_set_pointer(t, CURLOPT_CAPATH, NULL);
    transfer_set_long(t, CURLOPT_CA_CACHE_TIMEOUT, AUTHORITIES_KEPT_S);
}

static void set_tls(struct transfer *t, const char *ca)
{
    const struct probe_spec *spec = t->probe->spec;

    transfer_set_long(t, CURLOPT_SSL_VERIFYPEER, spec->verify ? 1 : 0);
    transfer_set_long(t, CURLOPT_SSL_VERIFYHOST, spec->verify ? 2 : 0); /* 2: the name must match */
    transfer_set_long(t, CURLOPT_CERTINFO, spec->cert_days > 0 ? 1 : 0);
    if (ca != NULL)
        trust(t, ca);
    if (spec->cert != NULL) {
        transfer_set_pointer(t, CURLOPT_SSLCERT, spec->cert);
        transfer_set_pointer(t, CURLOPT_SSLKEY, spec->key);
    }
}

/* What is the same for every probe.  Nothing of the environment counts: no proxy, no .netrc. */
static void set_common(struct transfer *t)
{
    transfer_set_long(t, CURLOPT_BUFFERSIZE, BUFFER_SIZE);
    /* Addresses need no cache, and libcurl would walk through all of it at the end of each probe. */
    transfer_set_long(t, CURLOPT_DNS_CACHE_TIMEOUT, 0);
    transfer_set_pointer(t, CURLOPT_PRIVATE, t);
    transfer_set_pointer(t, CURLOPT_ERRORBUFFER, t->text);
    transfer_set_pointer(t, CURLOPT_PROTOCOLS_STR, "http,https");
    transfer_set_pointer(t, CURLOPT_PROXY, "");
    transfer_set_pointer(t, CURLOPT_USERAGENT, "proxima/" PACKAGE_VERSION);
    transfer_set_long(t, CURLOPT_NOSIGNAL, 1);
    curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    transfer_set_pointer(t, CURLOPT_OPENSOCKETDATA, t);
    if (!t->probe->spec->reuse) {
        transfer_set_long(t, CURLOPT_FRESH_CONNECT, 1);
        transfer_set_long(t, CURLOPT_FORBID_REUSE, 1);
    }
}

void transfer_init(struct transfer *t, struct probe *p, const char *scheme, const char *path)
{
    t->probe = p;
    list_init(&t->refused);
    t->easy = curl_easy_init();
    if (t->easy == NULL)
        abort();
    p->doing = "connecting";
    const bool may_be_tls = strcmp(scheme, "https") == 0 || p->spec->redirects > 0;
    const char *ca = authorities(t, may_be_tls);
    t->owner = curlloops_get(p->shared, ca);
    set_target(t, scheme, path);
    set_tls(t, ca);
    set_common(t);
}

void transfer_start(struct transfer *t)
{
    if (t->headers != NULL)
        transfer_set_pointer(t, CURLOPT_HTTPHEADER, t->headers);
    curlloop_add(t->owner, t);
}

void transfer_fini(struct transfer *t)
{
    curlloop_remove(t->owner, t);
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->headers);
    curl_slist_free_all(t->connect_to);
}


/* --- What came of it, in words. --- */

/* Has the transfer come as far as this point in time? */
static bool has_reached(const struct transfer *t, CURLINFO what)
{
    curl_off_t us = 0;

    curl_easy_getinfo(t->easy, what, &us);
    return us > 0;
}

const char *transfer_doing(const struct transfer *t)
{
    if (has_reached(t, CURLINFO_STARTTRANSFER_TIME_T))
        return "reading the answer";
    if (has_reached(t, CURLINFO_PRETRANSFER_TIME_T))
        return "waiting for the answer";
    if (transfer_get_long(t, CURLINFO_PRIMARY_PORT) != 0) /* of the peer, once there is one */
        return "TLS handshake";
    return "connecting";
}

/* What follows a prefix, if it is there. */
static const char *without(const char *text, const char *prefix)
{
    const size_t len = strlen(prefix);

    return strncmp(text, prefix, len) == 0 ? text + len : text;
}

static bool is_socket_error(CURLcode code)
{
    return code == CURLE_COULDNT_CONNECT || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR;
}

/* What the system said, as libuv has it; 0: it was not the system. */
static int system_status(const struct transfer *t, CURLcode code)
{
    if (code == CURLE_OUT_OF_MEMORY)
        return UV_ENOMEM;
    if (!is_socket_error(code))
        return 0;
    return uv_translate_sys_error(
        t->socket_errno != 0 ? t->socket_errno : (int)transfer_get_long(t, CURLINFO_OS_ERRNO));
}

/* Trusted certificates and what we show are files of ours, which takes a descriptor to read. */
static bool is_ours(const struct transfer *t, CURLcode code)
{
    return code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM ||
           probe_outcome(system_status(t, code)) == PROBE_OURS;
}

static void say_failure(const struct transfer *t, CURLcode code, char out[TRANSFER_TEXT])
{
    const int status = system_status(t, code);
    const char *text = t->text[0] != '\0' ? t->text : curl_easy_strerror(code);

    if (status != 0)
        text = uv_strerror(status);
    else if (code == CURLE_GOT_NOTHING)
        text = "connection closed without an answer";
    text = without(text, "SSL certificate problem: ");
    text = without(text, "SSL: ");
    snprintf(out, TRANSFER_TEXT, "%s%s",
             code == CURLE_PEER_FAILED_VERIFICATION ? "certificate: " : "", text);
}

/* When the peer's own certificate, the first of the chain, expires; -1: it did not say. */
static int64_t certificate_end_s(const struct transfer *t)
{
    struct curl_certinfo *chain = NULL;

    curl_easy_getinfo(t->easy, CURLINFO_CERTINFO, &chain);
    if (chain == NULL || chain->num_of_certs == 0)
        return -1;
    for (const struct curl_slist *line = chain->certinfo[0]; line != NULL; line = line->next) {
        const char *date = without(line->data, "Expire date:");
        if (date != line->data)
            return (int64_t)curl_getdate(date, NULL);
    }
    return -1;
}

static bool has_valid_days(const struct transfer *t, int64_t now_s, char out[TRANSFER_TEXT])
{
    const unsigned wanted = t->probe->spec->cert_days;
    const int64_t end_s = wanted > 0 ? certificate_end_s(t) : 0;

    if (wanted == 0 || end_s - now_s >= (int64_t)wanted * 86400)
        return true;
    if (end_s < 0)
        snprintf(out, TRANSFER_TEXT, "certificate: it does not say when it expires");
    else
        snprintf(out, TRANSFER_TEXT, "certificate: days left: %lld, expected %u",
                 (long long)((end_s - now_s) / 86400), wanted);
    return false;
}

enum probe_outcome transfer_outcome(const struct transfer *t, CURLcode code, int64_t now_s,
                                    char out[TRANSFER_TEXT])
{
    if (t->watch_status != 0) {
        snprintf(out, TRANSFER_TEXT, "the connection cannot be watched: %s",
                 uv_strerror(t->watch_status));
        return PROBE_OURS;
    }
    if (code != CURLE_OK) {
        say_failure(t, code, out);
        return is_ours(t, code) ? PROBE_OURS : PROBE_BAD;
    }
    return has_valid_days(t, now_s, out) ? PROBE_GOOD : PROBE_BAD;
}


/* --- What kinds share. --- */

void *transfer_open_shared(const struct kinds_opts *opts)
{
    return curlloops_open(opts->loop);
}

void transfer_close_shared(void *shared, void (*closed)(void *arg), void *arg)
{
    curlloops_close(shared, closed, arg);
}
