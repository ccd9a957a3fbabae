/*
 * The two messages of gRPC's health protocol (grpc.health.v1, Check), so small that they are written and
 * read by hand:
 *
 *   frame      0 (not compressed), length of the message in four octets, message
 *   request    field 1, text: the service
 *   response   field 1, number: 0 UNKNOWN, 1 SERVING, 2 NOT_SERVING, 3 SERVICE_UNKNOWN
 *
 * Pure functions.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GRPCHEALTH_SERVICE_MAX 127 /* octets, so that its length is one */
#define GRPCHEALTH_REQUEST_MAX (5 + 2 + GRPCHEALTH_SERVICE_MAX)

enum grpchealth_status {
    GRPCHEALTH_UNKNOWN = 0,
    GRPCHEALTH_SERVING = 1,
    GRPCHEALTH_NOT_SERVING = 2,
    GRPCHEALTH_SERVICE_UNKNOWN = 3,
};

/* service: "" is the server as a whole. */
size_t grpchealth_write(const char *service, uint8_t out[GRPCHEALTH_REQUEST_MAX]);
/* False: the octets are no response.  A number that is none of the four is returned as it is. */
bool grpchealth_read(const uint8_t *frame, size_t len, uint64_t *status);
const char *grpchealth_name(uint64_t status);
