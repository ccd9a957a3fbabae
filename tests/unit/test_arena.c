/* src/base/arena.c: what is allocated stays, aligned, and does not overlap.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rng.h"

#define PIECES 3000

/* Pieces of many sizes and alignments, some larger than any chunk: each filled with a mark of its
 * own, all marks still there in the end. */
static void test_pieces(void **state)
{
    static struct {
        uint8_t *at;
        size_t size;
    } piece[PIECES];
    struct arena *a = arena_new();
    struct rng rng;

    rng_init(&rng, 1);
    for (size_t i = 0; i < PIECES; i++) {
        const size_t align = (size_t)1 << rng_below(&rng, 7);
        piece[i].size = i % 500 == 499 ? 3u << 20 : rng_below(&rng, 2000);
        piece[i].at = arena_alloc(a, piece[i].size, align);
        assert_int_equal((uintptr_t)piece[i].at % align, 0);
        memset(piece[i].at, (int)(i % 251), piece[i].size);
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t k = 0; k < piece[i].size; k++)
            if (piece[i].at[k] != i % 251)
                fail_msg("piece %zu was written over at octet %zu", i, k);
    arena_free(a);
}

static void test_copies(void **state)
{
    struct arena *a = arena_new();
    const uint32_t numbers[] = {1, 2, 3};
    const uint32_t *copy = arena_dup(a, numbers, sizeof(numbers), _Alignof(uint32_t));
    const uint64_t *zeros = arena_new_array(a, uint64_t, 100);

    assert_memory_equal(copy, numbers, sizeof(numbers));
    assert_string_equal(arena_strdup(a, "text"), "text");
    assert_string_equal(arena_strdup(a, ""), "");
    assert_non_null(arena_dup(a, NULL, 0, 1)); /* nothing, somewhere */
    for (int i = 0; i < 100; i++)
        assert_int_equal(zeros[i], 0);
    arena_free(a);
    arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
