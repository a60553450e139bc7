/*
 * comma.c - a locale with a decimal comma.
 *
 * Few machines have one installed, but with glibc comes its compiler, `localedef`. It is given a character map too, as
 * the usual ones are in a package that may be missing. Nothing is installed: the result lies in a temporary directory,
 * found through LOCPATH, and stays loaded without its files.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "comma.h"

/* localedef complains, by its exit status too, of all that this locale does not define. */
static const char make[] =
    "cd \"$LOCPATH\" || exit\n"
    "exec >make.log 2>&1\n"
    "printf '%s\\n' CHARMAP '<U0000>..<U003F> \\x00 low' '<U0040>..<U007F> \\x40 high' 'END CHARMAP' >ascii\n"
    "printf '%s\\n' LC_NUMERIC 'decimal_point \",\"' 'thousands_sep \".\"' 'grouping 3;3' 'END LC_NUMERIC' >numbers\n"
    "localedef --quiet -c -f ./ascii -i ./numbers ./comma";

static bool comma_set(const char *name)
{
    return setlocale(LC_ALL, name) && strcmp(localeconv()->decimal_point, ",") == 0;
}

static bool comma_installed(void)
{
    static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8",  "de_DE",       "fr_FR.UTF-8", "fr_FR",
                                         "es_ES.UTF-8", "it_IT.UTF-8", "pt_BR.UTF-8", "ru_RU.UTF-8" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (comma_set(names[i])) return true;
    return false;
}

static bool comma_made(void)
{
    char path[] = "/tmp/tacho-comma-XXXXXX";
    const char *before = getenv("LOCPATH");
    char *saved = before ? strdup(before) : NULL;
    if (!mkdtemp(path)) return false;
    (void)setenv("LOCPATH", path, 1);
    bool made = system(make) != -1 && comma_set("comma");
    if (system("exec rm -rf \"$LOCPATH\"") != 0) print_message("cannot remove %s\n", path);
    if (saved) (void)setenv("LOCPATH", saved, 1);
    else (void)unsetenv("LOCPATH");
    free(saved);
    return made;
}

void comma_enter(void)
{
    if (comma_installed() || comma_made()) return;
    (void)comma_leave(NULL);
    print_message("no locale with a decimal comma is installed (de_DE, fr_FR, ...), and localedef made none: "
                  "nothing to try\n");
    skip();
}

int comma_leave(void **state)
{
    (void)state;
    (void)setlocale(LC_ALL, "C");
    return 0;
}
