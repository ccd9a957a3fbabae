/*
 * One record of a geo database, in any of the shapes that are around:
 *
 *   nested  MaxMind, DB-IP    {"country": {"iso_code": "KR"}, "location": {"latitude": 37.5, …}, …}
 *   flat    ip-location-db    {"country_code": "KR", "latitude": 37.5, …}
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <maxminddb.h>

#include "load/place.h"

enum geoschema { GEOSCHEMA_UNKNOWN, GEOSCHEMA_FLAT, GEOSCHEMA_NESTED };

/* By what is in it; UNKNOWN: nothing that we could use. */
enum geoschema georecord_schema(MMDB_entry_s *record);

/* False: the record cannot be decoded.  What makes no sense (a latitude of 91) is left out. */
bool georecord_read(MMDB_entry_s *record, enum geoschema schema, struct place *out);
