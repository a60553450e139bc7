/*
 * native_bounds.h - the bounds of native histograms between one power of two and the next, for native.c alone.
 *
 * Entry j of native_bounds is 2^(j/256), the bound at the finest resolution, as the 52 bits of the mantissa of the
 * nearest double: round(2^52 * (2^(j/256) - 1)). Coarser resolutions use every second, fourth, ... entry. The last
 * one ends the search. In Python, with integers, hence exactly:
 *     r = 1 << (j + 256 * 53)
 *     for _ in range(8): r = math.isqrt(r)        # now floor(2^53 * 2^(j/256)), which is whole for j = 0 only
 *     entry = (r + 1 >> 1) - 2**52
 *
 * Entry c of native_cells tells where to look for mantissas that begin with the nine bits c: the first bound that is
 * not below those is c / 2 + native_cells[c], and no two bounds lie in one such cell, because bounds are at least
 * 2^-8.53 apart.
 */
#ifndef TACHO_NATIVE_BOUNDS_H
#define TACHO_NATIVE_BOUNDS_H

#include <stdint.h>

static const uint64_t native_bounds[257] = {
    0x00000000000000, 0x000b1afa5abcbf, 0x00163da9fb3335, 0x002168143b0281,
    0x002c9a3e778061, 0x0037d42e11bbcc, 0x004315e86e7f85, 0x004e5f72f654b1,
    0x0059b0d3158574, 0x00650a0e3c1f89, 0x00706b29ddf6de, 0x007bd42b72a836,
    0x00874518759bc8, 0x0092bdf66607e0, 0x009e3ecac6f383, 0x00a9c79b1f3919,
    0x00b5586cf9890f, 0x00c0f145e46c85, 0x00cc922b7247f7, 0x00d83b23395dec,
    0x00e3ec32d3d1a2, 0x00efa55fdfa9c5, 0x00fb66affed31b, 0x01073028d7233e,
    0x011301d0125b51, 0x011edbab5e2ab6, 0x012abdc06c31cc, 0x0136a814f204ab,
    0x01429aaea92de0, 0x014e95934f312e, 0x015a98c8a58e51, 0x0166a45471c3c2,
    0x0172b83c7d517b, 0x017ed48695bbc0, 0x018af9388c8dea, 0x01972658375d2f,
    0x01a35beb6fcb75, 0x01af99f8138a1c, 0x01bbe084045cd4, 0x01c82f95281c6b,
    0x01d4873168b9aa, 0x01e0e75eb44027, 0x01ed5022fcd91d, 0x01f9c18438ce4d,
    0x02063b88628cd6, 0x0212be3578a819, 0x021f49917ddc96, 0x022bdda27912d1,
    0x02387a6e756238, 0x02451ffb82140a, 0x0251ce4fb2a63f, 0x025e85711ece75,
    0x026b4565e27cdd, 0x02780e341ddf29, 0x0284dfe1f56381, 0x0291ba7591bb70,
    0x029e9df51fdee1, 0x02ab8a66d10f13, 0x02b87fd0dad990, 0x02c57e39771b2f,
    0x02d285a6e4030b, 0x02df961f641589, 0x02ecafa93e2f56, 0x02f9d24abd886b,
    0x0306fe0a31b715, 0x031432edeeb2fd, 0x032170fc4cd831, 0x032eb83ba8ea32,
    0x033c08b26416ff, 0x03496266e3fa2d, 0x0356c55f929ff1, 0x036431a2de883b,
    0x0371a7373aa9cb, 0x037f26231e754a, 0x038cae6d05d866, 0x039a401b7140ef,
    0x03a7db34e59ff7, 0x03b57fbfec6cf4, 0x03c32dc313a8e5, 0x03d0e544ede173,
    0x03dea64c123422, 0x03ec70df1c5175, 0x03fa4504ac801c, 0x040822c367a024,
    0x04160a21f72e2a, 0x0423fb2709468a, 0x0431f5d950a897, 0x043ffa3f84b9d4,
    0x044e086061892d, 0x045c2042a7d232, 0x046a41ed1d0057, 0x04786d668b3237,
    0x0486a2b5c13cd0, 0x0494e1e192aed2, 0x04a32af0d7d3de, 0x04b17dea6db7d7,
    0x04bfdad5362a27, 0x04ce41b817c114, 0x04dcb299fddd0d, 0x04eb2d81d8abff,
    0x04f9b2769d2ca7, 0x0508417f4531ee, 0x0516daa2cf6642, 0x05257de83f4eef,
    0x05342b569d4f82, 0x0542e2f4f6ad27, 0x0551a4ca5d920f, 0x056070dde910d2,
    0x056f4736b527da, 0x057e27dbe2c4cf, 0x058d12d497c7fd, 0x059c0827ff07cc,
    0x05ab07dd485429, 0x05ba11fba87a03, 0x05c9268a5946b7, 0x05d84590998b93,
    0x05e76f15ad2148, 0x05f6a320dceb71, 0x0605e1b976dc09, 0x06152ae6cdf6f4,
    0x06247eb03a5585, 0x0633dd1d1929fd, 0x06434634ccc320, 0x0652b9febc8fb7,
    0x06623882552225, 0x0671c1c70833f6, 0x068155d44ca973, 0x0690f4b19e9538,
    0x06a09e667f3bcd, 0x06b052fa75173e, 0x06c012750bdabf, 0x06cfdcddd47645,
    0x06dfb23c651a2f, 0x06ef9298593ae5, 0x06ff7df9519484, 0x070f7466f42e87,
    0x071f75e8ec5f74, 0x072f8286ead08a, 0x073f9a48a58174, 0x074fbd35d7cbfd,
    0x075feb564267c9, 0x077024b1ab6e09, 0x0780694fde5d3f, 0x0790b938ac1cf6,
    0x07a11473eb0187, 0x07b17b0976cfdb, 0x07c1ed0130c132, 0x07d26a62ff86f0,
    0x07e2f336cf4e62, 0x07f3878491c491, 0x080427543e1a12, 0x0814d2add106d9,
    0x082589994cce13, 0x08364c1eb941f7, 0x08471a4623c7ad, 0x0857f4179f5b21,
    0x0868d99b4492ed, 0x0879cad931a436, 0x088ac7d98a6699, 0x089bd0a478580f,
    0x08ace5422aa0db, 0x08be05bad61778, 0x08cf3216b5448c, 0x08e06a5e0866d9,
    0x08f1ae99157736, 0x0902fed0282c8a, 0x09145b0b91ffc6, 0x0925c353aa2fe2,
    0x093737b0cdc5e5, 0x0948b82b5f98e5, 0x095a44cbc8520f, 0x096bdd9a7670b3,
    0x097d829fde4e50, 0x098f33e47a22a2, 0x09a0f170ca07ba, 0x09b2bb4d53fe0d,
    0x09c49182a3f090, 0x09d674194bb8d5, 0x09e86319e32323, 0x09fa5e8d07f29e,
    0x0a0c667b5de565, 0x0a1e7aed8eb8bb, 0x0a309bec4a2d33, 0x0a42c980460ad8,
    0x0a5503b23e255d, 0x0a674a8af46052, 0x0a799e1330b358, 0x0a8bfe53c12e59,
    0x0a9e6b5579fdbf, 0x0ab0e521356eba, 0x0ac36bbfd3f37a, 0x0ad5ff3a3c2774,
    0x0ae89f995ad3ad, 0x0afb4ce622f2ff, 0x0b0e07298db666, 0x0b20ce6c9a8952,
    0x0b33a2b84f15fb, 0x0b468415b749b1, 0x0b59728de5593a, 0x0b6c6e29f1c52a,
    0x0b7f76f2fb5e47, 0x0b928cf22749e4, 0x0ba5b030a1064a, 0x0bb8e0b79a6f1f,
    0x0bcc1e904bc1d2, 0x0bdf69c3f3a207, 0x0bf2c25bd71e09, 0x0c06286141b33d,
    0x0c199bdd85529c, 0x0c2d1cd9fa652c, 0x0c40ab5fffd07a, 0x0c544778fafb22,
    0x0c67f12e57d14b, 0x0c7ba88988c933, 0x0c8f6d9406e7b5, 0x0ca3405751c4db,
    0x0cb720dcef9069, 0x0ccb0f2e6d1675, 0x0cdf0b555dc3fa, 0x0cf3155b5bab74,
    0x0d072d4a07897c, 0x0d1b532b08c968, 0x0d2f87080d89f2, 0x0d43c8eacaa1d6,
    0x0d5818dcfba487, 0x0d6c76e862e6d3, 0x0d80e316c98398, 0x0d955d71ff6075,
    0x0da9e603db3285, 0x0dbe7cd63a8315, 0x0dd321f301b460, 0x0de7d5641c0658,
    0x0dfc97337b9b5f, 0x0e11676b197d17, 0x0e264614f5a129, 0x0e3b333b16ee12,
    0x0e502ee78b3ff6, 0x0e653924676d76, 0x0e7a51fbc74c83, 0x0e8f7977cdb740,
    0x0ea4afa2a490da, 0x0eb9f4867cca6e, 0x0ecf482d8e67f1, 0x0ee4aaa2188510,
    0x0efa1bee615a27, 0x0f0f9c1cb6412a, 0x0f252b376bba97, 0x0f3ac948dd7274,
    0x0f50765b6e4540, 0x0f6632798844f8, 0x0f7bfdad9cbe14, 0x0f91d802243c89,
    0x0fa7c1819e90d8, 0x0fbdba3692d514, 0x0fd3c22b8f71f1, 0x0fe9d96b2a23d9,
    0x10000000000000,
};

static const uint8_t native_cells[512] = {
     0,  1,  1,  2,  1,  2,  2,  3,  2,  3,  3,  3,  3,  4,  3,  4,  4,  5,  4,  5,  5,  5,  5,  6,
     5,  6,  6,  6,  6,  7,  7,  7,  7,  8,  7,  8,  8,  8,  8,  9,  8,  9,  9,  9,  9, 10,  9, 10,
    10, 10, 10, 11, 10, 11, 11, 11, 11, 11, 11, 12, 11, 12, 12, 12, 12, 13, 12, 13, 13, 13, 13, 13,
    13, 14, 13, 14, 14, 14, 14, 14, 14, 15, 14, 15, 15, 15, 15, 15, 15, 16, 15, 16, 16, 16, 16, 16,
    16, 17, 16, 17, 16, 17, 17, 17, 17, 17, 17, 18, 17, 18, 17, 18, 18, 18, 18, 18, 18, 19, 18, 19,
    18, 19, 18, 19, 19, 19, 19, 19, 19, 19, 19, 20, 19, 20, 19, 20, 20, 20, 20, 20, 20, 20, 20, 20,
    20, 21, 20, 21, 20, 21, 20, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 22, 21, 22, 21, 22,
    21, 22, 21, 22, 21, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 23, 22, 23,
    22, 23, 22, 23, 22, 23, 22, 23, 22, 23, 22, 23, 22, 23, 22, 23, 22, 23, 22, 23, 22, 23, 22, 23,
    22, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 22, 23,
    22, 23, 22, 23, 22, 23, 22, 23, 22, 23, 22, 23, 22, 23, 22, 23, 22, 23, 22, 23, 22, 23, 22, 23,
    22, 23, 22, 23, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 21, 22, 21, 22,
    21, 22, 21, 22, 21, 22, 21, 22, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 20, 21, 20, 21,
    20, 21, 20, 21, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 19, 20, 19, 20, 19, 20, 19, 20, 19, 19,
    19, 19, 19, 19, 19, 19, 18, 19, 18, 19, 18, 19, 18, 18, 18, 18, 18, 18, 18, 18, 17, 18, 17, 18,
    17, 18, 17, 17, 17, 17, 17, 17, 17, 17, 16, 17, 16, 17, 16, 16, 16, 16, 16, 16, 16, 16, 15, 16,
    15, 16, 15, 15, 15, 15, 15, 15, 14, 15, 14, 15, 14, 15, 14, 14, 14, 14, 14, 14, 13, 14, 13, 14,
    13, 13, 13, 13, 13, 13, 12, 13, 12, 13, 12, 12, 12, 12, 12, 12, 11, 12, 11, 11, 11, 11, 11, 11,
    10, 11, 10, 11, 10, 10, 10, 10, 10, 10,  9, 10,  9, 10,  9,  9,  9,  9,  8,  9,  8,  9,  8,  8,
     8,  8,  7,  8,  7,  8,  7,  7,  7,  7,  7,  7,  6,  7,  6,  6,  6,  6,  6,  6,  5,  6,  5,  5,
     5,  5,  5,  5,  4,  5,  4,  4,  4,  4,  3,  4,  3,  4,  3,  3,  3,  3,  2,  3,  2,  3,  2,  2,
     2,  2,  1,  2,  1,  1,  1,  1,
};

#endif
