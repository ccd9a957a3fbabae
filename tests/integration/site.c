/* SPDX-License-Identifier: BSD-2-Clause */
#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "../unit/folderkit.h"
#include "base/xalloc.h"

static struct folderkit folder_of(const struct daemon *d)
{
    return (struct folderkit){.path = (char *)daemon_dir(d)};
}

void site_write(struct daemon *d, const char *name, const char *text)
{
    const struct folderkit f = folder_of(d);

    folderkit_write(&f, name, text);
}

void site_remove(struct daemon *d, const char *name)
{
    const struct folderkit f = folder_of(d);

    folderkit_remove(&f, name);
}

static size_t read_database(uint8_t *content, size_t cap)
{
    const char *source = getenv("SRCDIR");
    char *path = xasprintf("%s/tests/data/tiny.mmdb", source != NULL ? source : ".");
    FILE *in = fopen(path, "r");

    assert_non_null(in);
    const size_t n = fread(content, 1, cap, in);
    fclose(in);
    free(path);
    return n;
}

void site_write_database(struct daemon *d, size_t octets)
{
    static uint8_t content[1 << 20];
    const struct folderkit f = folder_of(d);
    const size_t n = read_database(content, sizeof(content));

    folderkit_write_octets(&f, "tiny.mmdb", content, octets > 0 ? octets : n);
}

/* The kit writes text only, and no file may be missing: the database comes with a reload. */
struct daemon *site_start(void)
{
    static const struct daemon_file files[] = {{"zones/example.com.zone", SITE_COM},
                                               {"zones/example.net.zone", SITE_NET}};
    static const char without[] = "regions: {us: {at: [39, -77]}, ap: {at: [37, 127]}}\n";

    struct daemon *d =
        daemon_start(&(struct daemon_opts){.config = without, .files = files, .n_files = 2});
    site_write_database(d, 0);
    daemon_write_config(d, SITE_CONFIG SITE_POLICIES);
    json_decref(daemon_call(d, "reload", "{}"));
    return d;
}

const char *site_ask(struct daemon *d, const char *name, const char *type, const char *subnet)
{
    static struct daemon_reply r;

    r = daemon_ask(d, &(struct daemon_query){.name = name, .type = type, .subnet = subnet});
    return r.records[0] != '\0' ? r.records : r.rcode;
}

void site_check_answers(struct daemon *d)
{
    assert_string_equal(site_ask(d, "txt.example.com", "TXT", NULL), "TXT \"first\"");
    assert_string_equal(site_ask(d, "www.example.com", "A", SITE_KOREA), "A 192.0.2.3");
    assert_string_equal(site_ask(d, "www.example.com", "A", SITE_REST), "A 192.0.2.1");
    assert_string_equal(site_ask(d, "us.web.example.net", "A", NULL), "A 192.0.2.1");
}

static void cut_folder(char *text, const char *folder)
{
    const size_t len = strlen(folder) + 1;

    for (char *at; (at = strstr(text, folder)) != NULL;)
        memmove(at, at + len, strlen(at + len) + 1);
}

int site_ctl(struct daemon *d, const char *command, char **said)
{
    const char *program = getenv("PROXIMACTL");
    char *line = xasprintf("'%s' -s '%s' %s 2>&1", program != NULL ? program : "./proximactl",
                           daemon_socket(d), command);
    FILE *out = popen(line, "r");
    size_t cap = 0;

    *said = NULL;
    assert_non_null(out);
    if (getdelim(said, &cap, '\0', out) < 0) {
        free(*said);
        *said = xstrdup("");
    }
    const int status = pclose(out);
    free(line);
    cut_folder(*said, daemon_dir(d));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
