/*
 * cause.c - errno in words.
 */
#include "cause.h"

#include <errno.h>

const char *tacho__cause(int error)
{
    switch (error) {
    case EACCES:
    case EPERM: return "permission denied";
    case ENOENT: return "there is no such file or directory";
    case ENOTDIR: return "a part of the path is no directory";
    case EISDIR: return "it is a directory";
    case ELOOP: return "it is a symbolic link";
    case EEXIST: return "something other than a file has this name";
    case ENAMETOOLONG: return "the name is too long";
    case EROFS: return "the file system is read-only";
    case ENOSPC: return "no space is left";
    case EDQUOT: return "the quota is used up";
    case EFBIG: return "the file would be larger than is allowed";
    case EMFILE:
    case ENFILE: return "no descriptor is free";
    case ENOMEM:
    case ENOBUFS: return "the system has no memory for it";
    case ECONNREFUSED: return "nobody listens there";
    case ECONNRESET:
    case EPIPE: return "the other side has closed the connection";
    case ENETUNREACH:
    case EHOSTUNREACH: return "there is no way to this host";
    case EADDRNOTAVAIL: return "no local address is left for it";
    case EAFNOSUPPORT: return "this machine has no such addresses";
    case ETIMEDOUT: return "the time is up";
    default: return "the system refuses it";
    }
}
