/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/secrets.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Longer than a secret, so that a line which is cut here is wrong anyway. */
#define LINE_TEXT 256

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool secret_parse(const char *text, uint8_t key[SIPHASH_KEY_LEN])
{
    uint8_t read[SIPHASH_KEY_LEN];

    if (strlen(text) != SECRET_TEXT - 1)
        return false;
    for (size_t i = 0; i < sizeof(read); i++) {
        const int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        read[i] = (uint8_t)(high << 4 | low);
    }
    memcpy(key, read, sizeof(read));
    return true;
}

char *secret_print(const uint8_t key[SIPHASH_KEY_LEN], char out[SECRET_TEXT])
{
    for (size_t i = 0; i < SIPHASH_KEY_LEN; i++)
        snprintf(out + 2 * i, 3, "%02x", key[i]);
    return out;
}

/* What stands in a line, without comment and blanks around it; cut in place. */
static char *strip(char *line)
{
    line[strcspn(line, "#\r")] = '\0';
    line += strspn(line, " \t");
    for (size_t len = strlen(line); len > 0 && isblank((unsigned char)line[len - 1]); len--)
        line[len - 1] = '\0';
    return line;
}

/* The secret itself is never told: messages go to the log. */
static void read_line(struct cookie_secrets *s, const char *text, struct err_pos pos,
                      struct err *err)
{
    if (*text == '\0')
        return;
    if (s->n == COOKIE_SECRETS_MAX)
        err_at(err, pos, "more than %d secrets: remove the oldest", COOKIE_SECRETS_MAX);
    else if (!secret_parse(text, s->key[s->n]))
        err_at(err, pos,
               "expected a secret of 32 hex digits, as `openssl rand -hex 16` makes them");
    else
        s->n++;
}

static void warn_if_open(FILE *f, const char *path, struct err *err)
{
    struct stat st;

    if (fstat(fileno(f), &st) == 0 && (st.st_mode & S_IROTH) != 0)
        err_warn(err, "%s: everybody may read these secrets: chmod o-r", path);
}

/* The next line, cut to the room there is; a NUL becomes an octet that no secret has, for it would
 * hide what follows it.  False: there is none. */
static bool next_line(FILE *f, char line[LINE_TEXT])
{
    size_t len = 0;
    int c;

    while ((c = getc(f)) != EOF && c != '\n')
        if (len < LINE_TEXT - 1)
            line[len++] = (char)(c != '\0' ? c : '?');
    line[len] = '\0';
    return len > 0 || c != EOF;
}

static void read_lines(struct cookie_secrets *s, FILE *f, const char *path, struct err *err)
{
    char line[LINE_TEXT];
    struct err_pos pos = {.file = path};

    while (next_line(f, line)) {
        pos.line++;
        read_line(s, strip(line), pos, err);
    }
    if (ferror(f))
        err_at(err, (struct err_pos){.file = path}, "cannot be read: %s", strerror(errno));
}

/* A pipe would keep us waiting, a device has no end. */
static FILE *open_regular(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return NULL;
    if (S_ISREG(st.st_mode))
        return fopen(path, "re");
    errno = EINVAL;
    return NULL;
}

bool secrets_load(struct cookie_secrets *s, const char *path, struct err *err)
{
    const size_t before = err->errors;
    struct cookie_secrets read = {0};
    FILE *f = open_regular(path);

    if (f == NULL) {
        err_at(err, (struct err_pos){.file = path}, "cannot be read: %s",
               errno == EINVAL ? "it is no regular file" : strerror(errno));
        return false;
    }
    read_lines(&read, f, path, err);
    if (err->errors == before && read.n == 0)
        err_at(err, (struct err_pos){.file = path},
               "holds no secret: put one there, as `openssl rand -hex 16` makes them");
    warn_if_open(f, path, err);
    fclose(f);
    if (err->errors > before)
        return false;
    *s = read;
    return true;
}
