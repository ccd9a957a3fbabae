# SPDX-License-Identifier: BSD-2-Clause
#
# Figures (TABLE, SERVER, COLUMN, VALUE, with tabs between) as a JSON array of objects.

BEGIN { FS = "\t"; printf "[" }
{
    printf "%s\n  {\"table\": \"%s\", \"server\": \"%s\", \"column\": \"%s\", \"value\": %s}", comma, $1, $2, $3, $4
    comma = ","
}
END { print "\n]" }
