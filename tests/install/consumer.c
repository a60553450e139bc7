/* A user of the installed library. */
#include <tacho/tacho.h>

int main(void)
{
    const char *words = tacho_strerror(TACHO_OK);
    return words && *words ? 0 : 1;
}
