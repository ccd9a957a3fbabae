# SPDX-License-Identifier: BSD-2-Clause
#
# Medians as a JSON array of objects.
#
#   awk -f titles.awk -f json.awk

BEGIN { printf "[" }
{
    printf "%s\n  {\"table\": \"%s\", \"server\": \"%s\", \"column\": \"%s\", ", comma, $1, $2, $3
    printf "\"median\": %s, \"least\": %s, \"most\": %s, \"rounds\": %d", $4, $5, $6, $7
    if (($1, $3) in goal)
        printf ", \"goal\": %s", goal[$1, $3]
    printf "}"
    comma = ","
}
END { print "\n]" }
