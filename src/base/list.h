/*
 * A doubly linked ring with a head, links inside the elements.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *next, *prev;
};

#ifndef container_of
#    define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))
#endif

static inline void list_init(struct list *head)
{
    head->next = head->prev = head;
}

static inline bool list_is_empty(const struct list *head)
{
    return head->next == head;
}

static inline void list_append(struct list *head, struct list *item)
{
    item->prev = head->prev;
    item->next = head;
    head->prev->next = item;
    head->prev = item;
}

static inline void list_remove(struct list *item)
{
    item->prev->next = item->next;
    item->next->prev = item->prev;
}

/* Take out the first element; it may be removed once more.  Not of an empty list. */
static inline struct list *list_take(struct list *head)
{
    struct list *item = head->next;

    head->next = item->next;
    item->next->prev = head;
    list_init(item);
    return item;
}
