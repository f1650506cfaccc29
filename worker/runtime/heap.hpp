/// How much of what is freed the process keeps. Without glibc nothing of this happens.
///
/// Facts   mallopt(3), malloc_trim(3).
#pragma once

namespace millrace::worker {

/// Once, before there are threads. A sink's fetches come and go by 10 MB: given back to the kernel and taken again
/// each time, their pages cost as much as their records. Up to 16 MiB at the end of each of malloc's areas stay.
void keep_working_memory() noexcept;
/// What is kept, too: for when a task has ended.
void give_back_free_memory() noexcept;

}
