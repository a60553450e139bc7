/*
 * internal.h - marks and types that all of the sources share.
 */
#ifndef TACHO_INTERNAL_H
#define TACHO_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tacho/cpu.h>

/* For tacho__ functions: shared between our files, seen by nobody else. */
#define TACHO_INTERNAL TACHO_HIDDEN

/** The low half of a product of 64-bit numbers; `high` gets the other. */
static inline uint64_t tacho__mul128(uint64_t a, uint64_t b, uint64_t *high)
{
#if defined(TACHO_HAS_WIDE)
    tacho_wide product = (tacho_wide)a * b;
    *high = (uint64_t)(product >> 64);
    return (uint64_t)product;
#else
    uint64_t a_low = (uint32_t)a, a_high = a >> 32, b_low = (uint32_t)b, b_high = b >> 32;
    uint64_t low = a_low * b_low, mid = a_high * b_low + (low >> 32), mid2 = a_low * b_high + (uint32_t)mid;
    *high = a_high * b_high + (mid >> 32) + (mid2 >> 32);
    return (mid2 << 32) | (uint32_t)low;
#endif
}

/** The position of the highest set bit; n is not 0. */
static inline uint32_t tacho__log2(uint32_t n)
{
    return 31u ^ (uint32_t)TACHO_LEADING_ZEROS(n); /* one instruction where the CPU counts from below */
}

/** A double as the bits it consists of, and back. */
static inline double tacho__bits_double(uint64_t bits)
{
    union { uint64_t bits; double number; } image = { .bits = bits };
    return image.number;
}

static inline uint64_t tacho__double_bits(double number)
{
    union { double number; uint64_t bits; } image = { .number = number };
    return image.bits;
}

#endif
