/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/ranker.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define EARTH_KM 6371.0088 /* mean radius (IUGG); the ellipsoid's 0.3 % decide no region */

static void to_sphere(double lat, double lon, double out[3])
{
    const double phi = lat * M_PI / 180, lambda = lon * M_PI / 180;

    out[0] = cos(phi) * cos(lambda);
    out[1] = cos(phi) * sin(lambda);
    out[2] = sin(phi);
}

void ranker_init(struct ranker *r, const struct region_spec *regions, size_t n,
                 const struct region_list *unknown)
{
    assert(n >= 1 && n <= REGIONS_MAX);
    *r = (struct ranker){.n = n, .unknown = *unknown};
    for (size_t i = 0; i < n; i++) {
        r->has_at[i] = regions[i].has_at;
        r->biased |= regions[i].bias != 0;
        r->located |= (regionset_t)regions[i].has_at << i;
        r->factor[i] = 1 - regions[i].bias / 100;
        if (regions[i].has_at)
            to_sphere(regions[i].lat, regions[i].lon, r->at[i]);
    }
}

size_t ranker_size(const struct ranker *r)
{
    return sizeof(struct ranking) + r->n;
}

/* The square of the straight line between two points on the unit sphere: grows with the distance
 * along it, and unlike the angle's cosine loses nothing where points are close. */
static double chord2(const double a[3], const double b[3])
{
    const double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];

    return x * x + y * y + z * z;
}

static double chord2_km(double c)
{
    return 2 * EARTH_KM * asin(fmin(sqrt(c) / 2, 1));
}

double ranker_km(const struct ranker *r, const struct place *place, size_t region)
{
    double at[3];

    if (!place->has_at || !r->has_at[region])
        return -1;
    to_sphere(place->lat, place->lon, at);
    return chord2_km(chord2(at, r->at[region]));
}

static void append(struct ranking *out, regionset_t *left, uint8_t region)
{
    const regionset_t bit = (regionset_t)1 << region;

    if ((*left & bit) == 0)
        return;
    *left &= ~bit;
    out->region[out->n++] = region;
}

static void append_list(struct ranking *out, regionset_t *left, const struct region_list *list)
{
    for (uint8_t i = 0; i < list->n; i++)
        append(out, left, list->region[i]);
}

static void append_declared(const struct ranker *r, struct ranking *out, regionset_t *left)
{
    for (uint8_t i = 0; i < r->n; i++)
        append(out, left, i);
}

/*
 * A distance and the region it is to as one number, so that equally far regions keep the order in which
 * they are declared: positive doubles are ordered as the integers that have their bits, and the six
 * lowest, 1e-14 of the distance, give way to the region's number.
 */
static uint64_t sort_key(double distance, uint8_t region)
{
    uint64_t bits;

    memcpy(&bits, &distance, sizeof(bits));
    return (bits & ~(uint64_t)(REGIONS_MAX - 1)) | region;
}

static uint64_t key_of(const struct ranker *r, const double at[3], uint8_t region)
{
    const double c = chord2(at, r->at[region]);

    return sort_key(r->biased ? chord2_km(c) * r->factor[region] : c, region);
}

/* Insertion sort: few regions, and in nearly the right order to begin with. */
static void insert_key(uint64_t *sorted, uint8_t n, uint64_t key)
{
    for (; n > 0 && sorted[n - 1] > key; n--)
        sorted[n] = sorted[n - 1];
    sorted[n] = key;
}

static void append_nearest(const struct ranker *r, const struct ranking *before,
                           struct ranking *out, regionset_t *left, const struct place *place)
{
    uint64_t sorted[REGIONS_MAX];
    regionset_t todo = *left & r->located;
    double at[3];
    uint8_t n = 0;

    to_sphere(place->lat, place->lon, at);
    for (uint8_t i = 0; i < before->n; i++) {
        const uint8_t region = before->region[i];
        if (todo >> region & 1)
            insert_key(sorted, n++, key_of(r, at, region));
        todo &= ~((regionset_t)1 << region);
    }
    for (; todo != 0; todo &= todo - 1) {
        const uint8_t region = (uint8_t)__builtin_ctzll(todo);
        insert_key(sorted, n++, key_of(r, at, region));
    }
    for (uint8_t i = 0; i < n; i++)
        append(out, left, sorted[i] & (REGIONS_MAX - 1));
}

void ranker_order(const struct ranker *r, const struct place *place,
                  const struct region_list *prefer, regionset_t allowed, struct ranking *out)
{
    _Alignas(struct ranking) uint8_t before[sizeof(struct ranking) + REGIONS_MAX];
    regionset_t left = allowed;

    assert(allowed != 0);
    memcpy(before, out, offsetof(struct ranking, region) + out->n);
    out->allowed = allowed;
    out->n = 0;
    if (prefer != NULL)
        append_list(out, &left, prefer);
    if (place->has_at)
        append_nearest(r, (const struct ranking *)(const void *)before, out, &left, place);
    else
        append_list(out, &left, &r->unknown);
    append_declared(r, out, &left);
}
