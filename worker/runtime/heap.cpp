#include "worker/runtime/heap.hpp"

#include <cstdlib>  // defines __GLIBC__

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace millrace::worker {

void keep_working_memory() noexcept {
#ifdef __GLIBC__
    constexpr int kept = 16 << 20;
    constexpr int always_given_back = 4 << 20;  // one piece that is as large; a Fetch response has 1 MiB and less
    ::mallopt(M_TRIM_THRESHOLD, kept);
    ::mallopt(M_MMAP_THRESHOLD, always_given_back);
#endif
}

void give_back_free_memory() noexcept {
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

}
