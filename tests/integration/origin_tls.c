/* SPDX-License-Identifier: BSD-2-Clause */
#include "origin_tls.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>

struct tls_server {
    SSL_CTX *ctx;
};

struct tls {
    SSL *ssl; /* owns both BIOs */
    BIO *in, *out;
};

static void must(int ok)
{
    if (ok <= 0)
        abort();
}

static X509 *self_signed(EVP_PKEY *key, const char *name)
{
    X509 *cert = X509_new();
    X509_NAME *subject = X509_get_subject_name(cert);

    must(X509_set_version(cert, X509_VERSION_3));
    must(ASN1_INTEGER_set(X509_get_serialNumber(cert), 1));
    X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
    X509_gmtime_adj(X509_getm_notAfter(cert), 36 * 3600);
    must(X509_set_pubkey(cert, key));
    must(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1,
                                    -1, 0));
    must(X509_set_issuer_name(cert, subject));
    must(X509_sign(cert, key, EVP_sha256()));
    return cert;
}

struct tls_server *tls_server_new(const char *name)
{
    struct tls_server *s = calloc(1, sizeof(*s));
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = self_signed(key, name);

    s->ctx = SSL_CTX_new(TLS_server_method());
    must(SSL_CTX_use_certificate(s->ctx, cert));
    must(SSL_CTX_use_PrivateKey(s->ctx, key));
    X509_free(cert);
    EVP_PKEY_free(key);
    return s;
}

void tls_server_write_pem(const struct tls_server *s, const char *path)
{
    FILE *f = fopen(path, "w");

    if (f == NULL)
        abort();
    must(PEM_write_X509(f, SSL_CTX_get0_certificate(s->ctx)));
    must(PEM_write_PrivateKey(f, SSL_CTX_get0_privatekey(s->ctx), NULL, NULL, 0, NULL, NULL));
    fclose(f);
}

void tls_server_require_client(struct tls_server *s)
{
    must(X509_STORE_add_cert(SSL_CTX_get_cert_store(s->ctx), SSL_CTX_get0_certificate(s->ctx)));
    SSL_CTX_set_verify(s->ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

static int select_h2(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                     const unsigned char *offered, unsigned len, void *arg)
{
    static const unsigned char h2[] = "\x02h2";

    (void)ssl;
    (void)arg;
    return SSL_select_next_proto((unsigned char **)(uintptr_t)out, out_len, h2, sizeof(h2) - 1,
                                 offered, len) == OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_NOACK;
}

void tls_server_agree_on_h2(struct tls_server *s)
{
    SSL_CTX_set_alpn_select_cb(s->ctx, select_h2, NULL);
}

void tls_server_free(struct tls_server *s)
{
    if (s == NULL)
        return;
    SSL_CTX_free(s->ctx);
    free(s);
}

struct tls *tls_new(const struct tls_server *s)
{
    struct tls *t = calloc(1, sizeof(*t));

    t->ssl = SSL_new(s->ctx);
    t->in = BIO_new(BIO_s_mem());
    t->out = BIO_new(BIO_s_mem());
    SSL_set_bio(t->ssl, t->in, t->out);
    SSL_set_accept_state(t->ssl);
    return t;
}

void tls_free(struct tls *t)
{
    if (t == NULL)
        return;
    SSL_free(t->ssl);
    free(t);
}

void tls_put(struct tls *t, const void *data, size_t len)
{
    must(BIO_write(t->in, data, (int)len));
}

size_t tls_take(struct tls *t, void *out, size_t cap)
{
    const int n = BIO_read(t->out, out, (int)cap);

    return n > 0 ? (size_t)n : 0;
}

/* Also what carries the handshake on. */
size_t tls_read(struct tls *t, void *out, size_t cap)
{
    const int n = SSL_read(t->ssl, out, (int)cap);

    return n > 0 ? (size_t)n : 0;
}

void tls_write(struct tls *t, const void *data, size_t len)
{
    must(SSL_write(t->ssl, data, (int)len));
}

bool tls_is_ready(const struct tls *t)
{
    return SSL_is_init_finished(t->ssl);
}

const char *tls_server_name(const struct tls *t)
{
    const char *name = SSL_get_servername(t->ssl, TLSEXT_NAMETYPE_host_name);

    return name != NULL ? name : "";
}
