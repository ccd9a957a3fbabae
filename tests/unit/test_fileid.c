/* Known again, or not.  SPDX-License-Identifier: BSD-2-Clause */
#include "base/fileid.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "folderkit.h"

static struct fileid id_at(const char *path)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    return fileid_of(&st);
}

static void a_file_is_itself_until_it_is_touched(void **state)
{
    struct folderkit f;

    folderkit_init(&f);
    folderkit_write(&f, "a", "text");
    folderkit_write(&f, "b", "text");
    const char *a = folderkit_path(&f, "a");
    const struct fileid id = id_at(a);
    assert_true(fileid_is_at(&id, a));
    assert_false(fileid_is_at(&id, folderkit_path(&f, "b")));
    assert_false(fileid_is_at(&id, folderkit_path(&f, "c")));
    folderkit_write(&f, "a", "longer");
    assert_false(fileid_is_at(&id, a));
    folderkit_fini(&f);
}

static void any_difference_counts(void **state)
{
    static const struct fileid id = {1, 2, 3, 4, 5};
    static const struct fileid others[] = {
        {0, 2, 3, 4, 5}, {1, 0, 3, 4, 5}, {1, 2, 0, 4, 5}, {1, 2, 3, 0, 5}, {1, 2, 3, 4, 0},
    };

    assert_true(fileid_equal(&id, &id));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(fileid_equal(&id, &others[i]));
}

/* Two changes within the grain of a file system's times look like one. */
static void a_fresh_file_is_not_trusted(void **state)
{
    static const struct fileid id = {.changed_ns = 100 * (int64_t)1000000000};

    assert_false(fileid_is_settled(&id, 100000));
    assert_false(fileid_is_settled(&id, 101999));
    assert_true(fileid_is_settled(&id, 102001));
    assert_false(fileid_is_settled(&id, 99000)); /* a clock that was set back */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_itself_until_it_is_touched),
        cmocka_unit_test(any_difference_counts),
        cmocka_unit_test(a_fresh_file_is_not_trusted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
