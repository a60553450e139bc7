CMakeFiles/tacho.dir/src/remove.c.o: /tmp/core/tacho/src/remove.c \
 /usr/include/stdc-predef.h /tmp/core/tacho/include/tacho/metric.h \
 /tmp/core/tacho/include/tacho/desc.h \
 /tmp/core/tacho/include/tacho/base.h \
 /usr/lib/gcc/x86_64-linux-gnu/12/include/stddef.h \
 /usr/lib/gcc/x86_64-linux-gnu/12/include/stdint.h /usr/include/stdint.h \
 /usr/include/x86_64-linux-gnu/bits/libc-header-start.h \
 /usr/include/features.h /usr/include/features-time64.h \
 /usr/include/x86_64-linux-gnu/bits/wordsize.h \
 /usr/include/x86_64-linux-gnu/bits/timesize.h \
 /usr/include/x86_64-linux-gnu/sys/cdefs.h \
 /usr/include/x86_64-linux-gnu/bits/long-double.h \
 /usr/include/x86_64-linux-gnu/gnu/stubs.h \
 /usr/include/x86_64-linux-gnu/gnu/stubs-64.h \
 /usr/include/x86_64-linux-gnu/bits/types.h \
 /usr/include/x86_64-linux-gnu/bits/typesizes.h \
 /usr/include/x86_64-linux-gnu/bits/time64.h \
 /usr/include/x86_64-linux-gnu/bits/wchar.h \
 /usr/include/x86_64-linux-gnu/bits/stdint-intn.h \
 /usr/include/x86_64-linux-gnu/bits/stdint-uintn.h \
 /tmp/core/tacho/include/tacho/cpu.h /tmp/core/tacho/src/alloc.h \
 /tmp/core/tacho/src/internal.h \
 /usr/lib/gcc/x86_64-linux-gnu/12/include/stdbool.h \
 /tmp/core/tacho/src/cells.h /tmp/core/tacho/src/annex.h \
 /tmp/core/tacho/src/exemplar.h /tmp/core/tacho/include/tacho/exemplar.h \
 /tmp/core/tacho/src/extreme.h /tmp/core/tacho/src/window.h \
 /tmp/core/tacho/src/atomic.h \
 /usr/lib/gcc/x86_64-linux-gnu/12/include/stdatomic.h \
 /tmp/core/tacho/src/meta.h /tmp/core/tacho/src/spell.h \
 /tmp/core/tacho/src/native.h /tmp/core/tacho/src/segment.h \
 /tmp/core/tacho/src/lock.h /usr/include/pthread.h /usr/include/sched.h \
 /usr/include/x86_64-linux-gnu/bits/types/time_t.h \
 /usr/include/x86_64-linux-gnu/bits/types/struct_timespec.h \
 /usr/include/x86_64-linux-gnu/bits/endian.h \
 /usr/include/x86_64-linux-gnu/bits/endianness.h /usr/include/time.h \
 /usr/include/x86_64-linux-gnu/bits/time.h \
 /usr/include/x86_64-linux-gnu/bits/types/clock_t.h \
 /usr/include/x86_64-linux-gnu/bits/types/struct_tm.h \
 /usr/include/x86_64-linux-gnu/bits/sched.h \
 /usr/include/x86_64-linux-gnu/bits/types/struct_sched_param.h \
 /usr/include/x86_64-linux-gnu/bits/cpu-set.h \
 /usr/include/x86_64-linux-gnu/bits/pthreadtypes.h \
 /usr/include/x86_64-linux-gnu/bits/thread-shared-types.h \
 /usr/include/x86_64-linux-gnu/bits/pthreadtypes-arch.h \
 /usr/include/x86_64-linux-gnu/bits/atomic_wide_counter.h \
 /usr/include/x86_64-linux-gnu/bits/struct_mutex.h \
 /usr/include/x86_64-linux-gnu/bits/struct_rwlock.h \
 /usr/include/x86_64-linux-gnu/bits/setjmp.h \
 /usr/include/x86_64-linux-gnu/bits/types/__sigset_t.h \
 /usr/include/x86_64-linux-gnu/bits/types/struct___jmp_buf_tag.h \
 /tmp/core/tacho/src/sketch.h /tmp/core/tacho/src/family.h \
 /tmp/core/tacho/src/buckets.h /tmp/core/tacho/src/stripes.h \
 /tmp/core/tacho/src/remove.h /tmp/core/tacho/src/vec.h \
 /tmp/core/tacho/src/grace.h /tmp/core/tacho/src/registry_internal.h \
 /usr/include/x86_64-linux-gnu/sys/types.h \
 /usr/include/x86_64-linux-gnu/bits/types/clockid_t.h \
 /usr/include/x86_64-linux-gnu/bits/types/timer_t.h \
 /tmp/core/tacho/include/tacho/registry.h \
 /tmp/core/tacho/include/tacho/collector.h /tmp/core/tacho/src/repair.h \
 /tmp/core/tacho/src/series.h /tmp/core/tacho/src/index.h \
 /usr/include/string.h /tmp/core/tacho/src/hash.h \
 /tmp/core/tacho/src/symbol.h /tmp/core/tacho/src/copy.h \
 /tmp/core/tacho/src/writer.h
