/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/country.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/*
 * Sorted by code.  A position is roughly where the people of the country
 * live, to about a degree, written down by hand (geo/README.md); continents are those that geo
 * databases use: Russia and Cyprus in Europe, Turkey and the Caucasus in Asia.
 */
static const struct country countries[] = {
    {"AD", "EU", 42.51F, 1.52F},   /* Andorra */
    {"AE", "AS", 24.9F, 55.0F},    /* United Arab Emirates */
    {"AF", "AS", 34.5F, 68.0F},    /* Afghanistan */
    {"AG", "NA", 17.1F, -61.8F},   /* Antigua and Barbuda */
    {"AI", "NA", 18.2F, -63.1F},   /* Anguilla */
    {"AL", "EU", 41.2F, 19.9F},    /* Albania */
    {"AM", "AS", 40.2F, 44.5F},    /* Armenia */
    {"AN", "NA", 12.2F, -68.9F},   /* Netherlands Antilles, gone in 2010, still in databases */
    {"AO", "AF", -10.5F, 14.7F},   /* Angola */
    {"AQ", "AN", -77.8F, 166.7F},  /* Antarctica: McMurdo, where most are */
    {"AR", "SA", -33.6F, -61.0F},  /* Argentina */
    {"AS", "OC", -14.3F, -170.7F}, /* American Samoa */
    {"AT", "EU", 47.8F, 14.8F},    /* Austria */
    {"AU", "OC", -33.0F, 146.0F},  /* Australia */
    {"AW", "NA", 12.5F, -70.0F},   /* Aruba */
    {"AX", "EU", 60.1F, 19.9F},    /* Åland */
    {"AZ", "AS", 40.4F, 48.8F},    /* Azerbaijan */
    {"BA", "EU", 44.2F, 17.9F},    /* Bosnia and Herzegovina */
    {"BB", "NA", 13.1F, -59.6F},   /* Barbados */
    {"BD", "AS", 23.8F, 90.3F},    /* Bangladesh */
    {"BE", "EU", 50.9F, 4.4F},     /* Belgium */
    {"BF", "AF", 12.3F, -1.7F},    /* Burkina Faso */
    {"BG", "EU", 42.7F, 24.6F},    /* Bulgaria */
    {"BH", "AS", 26.2F, 50.5F},    /* Bahrain */
    {"BI", "AF", -3.3F, 29.8F},    /* Burundi */
    {"BJ", "AF", 7.3F, 2.3F},      /* Benin */
    {"BL", "NA", 17.9F, -62.8F},   /* Saint Barthélemy */
    {"BM", "NA", 32.3F, -64.8F},   /* Bermuda */
    {"BN", "AS", 4.8F, 114.8F},    /* Brunei */
    {"BO", "SA", -17.0F, -65.8F},  /* Bolivia */
    {"BQ", "NA", 12.2F, -68.3F},   /* Bonaire, Sint Eustatius and Saba */
    {"BR", "SA", -18.0F, -46.0F},  /* Brazil */
    {"BS", "NA", 25.1F, -77.4F},   /* Bahamas */
    {"BT", "AS", 27.3F, 89.9F},    /* Bhutan */
    {"BV", "AN", -54.4F, 3.4F},    /* Bouvet Island */
    {"BW", "AF", -23.5F, 26.3F},   /* Botswana */
    {"BY", "EU", 53.7F, 27.9F},    /* Belarus */
    {"BZ", "NA", 17.4F, -88.5F},   /* Belize */
    {"CA", "NA", 47.5F, -84.0F},   /* Canada */
    {"CC", "AS", -12.1F, 96.9F},   /* Cocos Islands */
    {"CD", "AF", -4.0F, 22.0F},    /* Congo, Kinshasa */
    {"CF", "AF", 5.0F, 18.7F},     /* Central African Republic */
    {"CG", "AF", -4.0F, 14.5F},    /* Congo, Brazzaville */
    {"CH", "EU", 47.1F, 8.0F},     /* Switzerland */
    {"CI", "AF", 6.3F, -5.0F},     /* Côte d'Ivoire */
    {"CK", "OC", -21.2F, -159.8F}, /* Cook Islands */
    {"CL", "SA", -34.2F, -71.1F},  /* Chile */
    {"CM", "AF", 5.0F, 11.3F},     /* Cameroon */
    {"CN", "AS", 32.5F, 113.5F},   /* China */
    {"CO", "SA", 5.5F, -74.7F},    /* Colombia */
    {"CR", "NA", 9.9F, -84.1F},    /* Costa Rica */
    {"CU", "NA", 22.3F, -80.0F},   /* Cuba */
    {"CV", "AF", 15.2F, -23.7F},   /* Cabo Verde */
    {"CW", "NA", 12.1F, -68.9F},   /* Curaçao */
    {"CX", "AS", -10.4F, 105.7F},  /* Christmas Island */
    {"CY", "EU", 35.0F, 33.2F},    /* Cyprus */
    {"CZ", "EU", 49.8F, 15.6F},    /* Czechia */
    {"DE", "EU", 50.9F, 9.8F},     /* Germany */
    {"DJ", "AF", 11.6F, 43.0F},    /* Djibouti */
    {"DK", "EU", 55.8F, 11.1F},    /* Denmark */
    {"DM", "NA", 15.4F, -61.4F},   /* Dominica */
    {"DO", "NA", 18.8F, -70.2F},   /* Dominican Republic */
    {"DZ", "AF", 35.9F, 3.2F},     /* Algeria */
    {"EC", "SA", -1.5F, -79.3F},   /* Ecuador */
    {"EE", "EU", 59.1F, 25.3F},    /* Estonia */
    {"EG", "AF", 29.8F, 31.2F},    /* Egypt */
    {"EH", "AF", 26.5F, -13.5F},   /* Western Sahara */
    {"ER", "AF", 15.3F, 38.8F},    /* Eritrea */
    {"ES", "EU", 40.0F, -3.0F},    /* Spain */
    {"ET", "AF", 9.0F, 39.0F},     /* Ethiopia */
    {"FI", "EU", 61.5F, 25.0F},    /* Finland */
    {"FJ", "OC", -17.9F, 178.0F},  /* Fiji */
    {"FK", "SA", -51.7F, -57.9F},  /* Falkland Islands */
    {"FM", "OC", 7.0F, 157.0F},    /* Micronesia */
    {"FO", "EU", 62.0F, -6.8F},    /* Faroe Islands */
    {"FR", "EU", 47.0F, 2.5F},     /* France */
    {"GA", "AF", -0.3F, 10.5F},    /* Gabon */
    {"GB", "EU", 52.6F, -1.5F},    /* United Kingdom */
    {"GD", "NA", 12.1F, -61.7F},   /* Grenada */
    {"GE", "AS", 41.9F, 44.0F},    /* Georgia */
    {"GF", "SA", 4.9F, -52.6F},    /* French Guiana */
    {"GG", "EU", 49.5F, -2.6F},    /* Guernsey */
    {"GH", "AF", 6.5F, -1.0F},     /* Ghana */
    {"GI", "EU", 36.1F, -5.4F},    /* Gibraltar */
    {"GL", "NA", 65.5F, -51.5F},   /* Greenland */
    {"GM", "AF", 13.4F, -16.3F},   /* Gambia */
    {"GN", "AF", 10.0F, -11.8F},   /* Guinea */
    {"GP", "NA", 16.2F, -61.5F},   /* Guadeloupe */
    {"GQ", "AF", 2.3F, 9.9F},      /* Equatorial Guinea */
    {"GR", "EU", 38.7F, 23.2F},    /* Greece */
    {"GS", "AN", -54.3F, -36.5F},  /* South Georgia */
    {"GT", "NA", 14.8F, -90.8F},   /* Guatemala */
    {"GU", "OC", 13.5F, 144.8F},   /* Guam */
    {"GW", "AF", 12.0F, -15.4F},   /* Guinea-Bissau */
    {"GY", "SA", 6.6F, -58.1F},    /* Guyana */
    {"HK", "AS", 22.3F, 114.2F},   /* Hong Kong */
    {"HM", "AN", -53.1F, 73.5F},   /* Heard and McDonald Islands */
    {"HN", "NA", 14.8F, -87.2F},   /* Honduras */
    {"HR", "EU", 45.4F, 16.2F},    /* Croatia */
    {"HT", "NA", 18.8F, -72.5F},   /* Haiti */
    {"HU", "EU", 47.3F, 19.5F},    /* Hungary */
    {"ID", "AS", -5.5F, 110.0F},   /* Indonesia */
    {"IE", "EU", 53.2F, -7.3F},    /* Ireland */
    {"IL", "AS", 32.0F, 34.9F},    /* Israel */
    {"IM", "EU", 54.2F, -4.5F},    /* Isle of Man */
    {"IN", "AS", 22.8F, 79.6F},    /* India */
    {"IO", "AS", -7.3F, 72.4F},    /* British Indian Ocean Territory */
    {"IQ", "AS", 33.4F, 44.4F},    /* Iraq */
    {"IR", "AS", 34.6F, 51.0F},    /* Iran */
    {"IS", "EU", 64.2F, -21.4F},   /* Iceland */
    {"IT", "EU", 42.9F, 12.2F},    /* Italy */
    {"JE", "EU", 49.2F, -2.1F},    /* Jersey */
    {"JM", "NA", 18.0F, -77.1F},   /* Jamaica */
    {"JO", "AS", 32.0F, 35.9F},    /* Jordan */
    {"JP", "AS", 35.6F, 137.1F},   /* Japan */
    {"KE", "AF", -0.6F, 36.8F},    /* Kenya */
    {"KG", "AS", 41.8F, 73.8F},    /* Kyrgyzstan */
    {"KH", "AS", 11.8F, 104.7F},   /* Cambodia */
    {"KI", "OC", 1.4F, 173.0F},    /* Kiribati */
    {"KM", "AF", -11.9F, 43.6F},   /* Comoros */
    {"KN", "NA", 17.3F, -62.7F},   /* Saint Kitts and Nevis */
    {"KP", "AS", 39.4F, 126.4F},   /* Korea, Pyongyang */
    {"KR", "AS", 36.7F, 127.5F},   /* Korea, Seoul */
    {"KW", "AS", 29.3F, 48.0F},    /* Kuwait */
    {"KY", "NA", 19.3F, -81.3F},   /* Cayman Islands */
    {"KZ", "AS", 47.0F, 71.5F},    /* Kazakhstan */
    {"LA", "AS", 17.8F, 103.3F},   /* Laos */
    {"LB", "AS", 33.9F, 35.6F},    /* Lebanon */
    {"LC", "NA", 13.9F, -61.0F},   /* Saint Lucia */
    {"LI", "EU", 47.1F, 9.5F},     /* Liechtenstein */
    {"LK", "AS", 7.1F, 80.3F},     /* Sri Lanka */
    {"LR", "AF", 6.5F, -10.2F},    /* Liberia */
    {"LS", "AF", -29.4F, 27.9F},   /* Lesotho */
    {"LT", "EU", 55.1F, 24.0F},    /* Lithuania */
    {"LU", "EU", 49.6F, 6.1F},     /* Luxembourg */
    {"LV", "EU", 56.9F, 24.5F},    /* Latvia */
    {"LY", "AF", 32.3F, 14.6F},    /* Libya */
    {"MA", "AF", 33.0F, -6.8F},    /* Morocco */
    {"MC", "EU", 43.7F, 7.4F},     /* Monaco */
    {"MD", "EU", 47.1F, 28.7F},    /* Moldova */
    {"ME", "EU", 42.5F, 19.2F},    /* Montenegro */
    {"MF", "NA", 18.1F, -63.1F},   /* Saint Martin, French part */
    {"MG", "AF", -19.0F, 47.3F},   /* Madagascar */
    {"MH", "OC", 7.3F, 171.0F},    /* Marshall Islands */
    {"MK", "EU", 41.8F, 21.5F},    /* North Macedonia */
    {"ML", "AF", 13.3F, -6.5F},    /* Mali */
    {"MM", "AS", 19.5F, 96.0F},    /* Myanmar */
    {"MN", "AS", 47.9F, 105.8F},   /* Mongolia */
    {"MO", "AS", 22.2F, 113.5F},   /* Macao */
    {"MP", "OC", 15.2F, 145.7F},   /* Northern Mariana Islands */
    {"MQ", "NA", 14.6F, -61.0F},   /* Martinique */
    {"MR", "AF", 17.5F, -13.5F},   /* Mauritania */
    {"MS", "NA", 16.7F, -62.2F},   /* Montserrat */
    {"MT", "EU", 35.9F, 14.5F},    /* Malta */
    {"MU", "AF", -20.2F, 57.5F},   /* Mauritius */
    {"MV", "AS", 4.2F, 73.5F},     /* Maldives */
    {"MW", "AF", -14.2F, 34.3F},   /* Malawi */
    {"MX", "NA", 20.4F, -100.5F},  /* Mexico */
    {"MY", "AS", 3.4F, 102.8F},    /* Malaysia */
    {"MZ", "AF", -18.0F, 36.0F},   /* Mozambique */
    {"NA", "AF", -20.5F, 16.8F},   /* Namibia */
    {"NC", "OC", -22.1F, 166.3F},  /* New Caledonia */
    {"NE", "AF", 13.7F, 6.0F},     /* Niger */
    {"NF", "OC", -29.0F, 167.9F},  /* Norfolk Island */
    {"NG", "AF", 8.8F, 6.7F},      /* Nigeria */
    {"NI", "NA", 12.3F, -86.0F},   /* Nicaragua */
    {"NL", "EU", 52.1F, 5.1F},     /* Netherlands */
    {"NO", "EU", 60.6F, 9.6F},     /* Norway */
    {"NP", "AS", 27.5F, 85.0F},    /* Nepal */
    {"NR", "OC", -0.5F, 166.9F},   /* Nauru */
    {"NU", "OC", -19.1F, -169.9F}, /* Niue */
    {"NZ", "OC", -38.8F, 174.8F},  /* New Zealand */
    {"OM", "AS", 23.3F, 57.8F},    /* Oman */
    {"PA", "NA", 8.9F, -80.0F},    /* Panama */
    {"PE", "SA", -10.5F, -76.6F},  /* Peru */
    {"PF", "OC", -17.5F, -149.6F}, /* French Polynesia */
    {"PG", "OC", -6.3F, 145.8F},   /* Papua New Guinea */
    {"PH", "AS", 13.0F, 122.0F},   /* Philippines */
    {"PK", "AS", 30.5F, 71.5F},    /* Pakistan */
    {"PL", "EU", 51.9F, 19.2F},    /* Poland */
    {"PM", "NA", 46.8F, -56.2F},   /* Saint Pierre and Miquelon */
    {"PN", "OC", -25.1F, -130.1F}, /* Pitcairn */
    {"PR", "NA", 18.3F, -66.3F},   /* Puerto Rico */
    {"PS", "AS", 31.8F, 34.9F},    /* Palestine */
    {"PT", "EU", 39.8F, -8.7F},    /* Portugal */
    {"PW", "OC", 7.4F, 134.5F},    /* Palau */
    {"PY", "SA", -25.4F, -56.9F},  /* Paraguay */
    {"QA", "AS", 25.3F, 51.5F},    /* Qatar */
    {"RE", "AF", -21.1F, 55.5F},   /* Réunion */
    {"RO", "EU", 45.6F, 25.6F},    /* Romania */
    {"RS", "EU", 44.4F, 20.7F},    /* Serbia */
    {"RU", "EU", 55.8F, 50.0F},    /* Russia */
    {"RW", "AF", -2.0F, 30.0F},    /* Rwanda */
    {"SA", "AS", 23.7F, 43.9F},    /* Saudi Arabia */
    {"SB", "OC", -9.2F, 160.0F},   /* Solomon Islands */
    {"SC", "AF", -4.6F, 55.5F},    /* Seychelles */
    {"SD", "AF", 14.4F, 32.0F},    /* Sudan */
    {"SE", "EU", 58.8F, 15.4F},    /* Sweden */
    {"SG", "AS", 1.35F, 103.82F},  /* Singapore */
    {"SH", "AF", -15.9F, -5.7F},   /* Saint Helena */
    {"SI", "EU", 46.2F, 14.8F},    /* Slovenia */
    {"SJ", "EU", 78.2F, 15.6F},    /* Svalbard and Jan Mayen */
    {"SK", "EU", 48.7F, 19.1F},    /* Slovakia */
    {"SL", "AF", 8.4F, -12.2F},    /* Sierra Leone */
    {"SM", "EU", 43.9F, 12.5F},    /* San Marino */
    {"SN", "AF", 14.6F, -16.2F},   /* Senegal */
    {"SO", "AF", 4.5F, 45.0F},     /* Somalia */
    {"SR", "SA", 5.8F, -55.2F},    /* Suriname */
    {"SS", "AF", 7.0F, 30.5F},     /* South Sudan */
    {"ST", "AF", 0.3F, 6.7F},      /* São Tomé and Príncipe */
    {"SV", "NA", 13.7F, -89.1F},   /* El Salvador */
    {"SX", "NA", 18.0F, -63.1F},   /* Sint Maarten */
    {"SY", "AS", 34.9F, 37.0F},    /* Syria */
    {"SZ", "AF", -26.5F, 31.4F},   /* Eswatini */
    {"TC", "NA", 21.8F, -72.2F},   /* Turks and Caicos Islands */
    {"TD", "AF", 11.2F, 17.0F},    /* Chad */
    {"TF", "AN", -49.4F, 70.2F},   /* French Southern Territories */
    {"TG", "AF", 7.2F, 1.1F},      /* Togo */
    {"TH", "AS", 14.6F, 101.3F},   /* Thailand */
    {"TJ", "AS", 38.4F, 69.0F},    /* Tajikistan */
    {"TK", "OC", -9.2F, -171.8F},  /* Tokelau */
    {"TL", "AS", -8.7F, 125.8F},   /* Timor-Leste */
    {"TM", "AS", 38.2F, 59.5F},    /* Turkmenistan */
    {"TN", "AF", 36.0F, 10.0F},    /* Tunisia */
    {"TO", "OC", -21.1F, -175.2F}, /* Tonga */
    {"TR", "AS", 39.4F, 32.5F},    /* Turkey */
    {"TT", "NA", 10.5F, -61.4F},   /* Trinidad and Tobago */
    {"TV", "OC", -8.5F, 179.2F},   /* Tuvalu */
    {"TW", "AS", 24.4F, 120.9F},   /* Taiwan */
    {"TZ", "AF", -5.7F, 35.7F},    /* Tanzania */
    {"UA", "EU", 49.0F, 31.8F},    /* Ukraine */
    {"UG", "AF", 0.9F, 32.4F},     /* Uganda */
    {"UM", "OC", 19.3F, 166.6F},   /* United States Minor Outlying Islands: Wake */
    {"US", "NA", 37.4F, -92.3F},   /* United States */
    {"UY", "SA", -34.2F, -56.0F},  /* Uruguay */
    {"UZ", "AS", 40.6F, 67.5F},    /* Uzbekistan */
    {"VA", "EU", 41.9F, 12.45F},   /* Holy See */
    {"VC", "NA", 13.2F, -61.2F},   /* Saint Vincent and the Grenadines */
    {"VE", "SA", 9.7F, -68.2F},    /* Venezuela */
    {"VG", "NA", 18.4F, -64.6F},   /* Virgin Islands, British */
    {"VI", "NA", 18.1F, -64.8F},   /* Virgin Islands, U.S. */
    {"VN", "AS", 15.9F, 106.5F},   /* Viet Nam */
    {"VU", "OC", -16.8F, 168.0F},  /* Vanuatu */
    {"WF", "OC", -13.6F, -177.2F}, /* Wallis and Futuna */
    {"WS", "OC", -13.8F, -171.9F}, /* Samoa */
    {"XK", "EU", 42.6F, 20.9F},    /* Kosovo */
    {"YE", "AS", 14.7F, 44.5F},    /* Yemen */
    {"YT", "AF", -12.8F, 45.2F},   /* Mayotte */
    {"ZA", "AF", -28.0F, 28.4F},   /* South Africa */
    {"ZM", "AF", -13.7F, 28.2F},   /* Zambia */
    {"ZW", "AF", -18.5F, 30.6F},   /* Zimbabwe */
};

#define COUNTRIES (sizeof(countries) / sizeof(countries[0]))

static int compare(const void *code, const void *country)
{
    return strcmp(code, ((const struct country *)country)->code);
}

const struct country *country_find(const char *code)
{
    return bsearch(code, countries, COUNTRIES, sizeof(countries[0]), compare);
}

size_t country_count(void)
{
    return COUNTRIES;
}

const struct country *country_at(size_t i)
{
    assert(i < COUNTRIES);
    return &countries[i];
}

bool continent_is(const char *code)
{
    static const char *const continents[] = {"AF", "AN", "AS", "EU", "NA", "OC", "SA"};

    for (size_t i = 0; i < sizeof(continents) / sizeof(continents[0]); i++)
        if (strcmp(code, continents[i]) == 0)
            return true;
    return false;
}
