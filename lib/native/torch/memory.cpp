// Large tensors lie in huge pages. Linux hands memory out at its first touch, by default in pages of 4 KiB, and a training step makes and
// frees hundreds of MB: that can take as long as computing what goes in. From 2.x on PyTorch does it itself when asked to.
#include <torch/version.h>

#if TORCH_VERSION_MAJOR < 2

#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>

namespace {

constexpr uintptr_t HUGE_PAGE = 2 << 20; // bytes, of x86-64 and of arm64 with pages of 4 KiB

struct HugePages final : c10::Allocator {
    c10::Allocator* plain = c10::GetCPUAllocator();

    c10::DataPtr allocate(size_t bytes) const override {
        c10::DataPtr memory = plain->allocate(bytes);
        uintptr_t begin = reinterpret_cast<uintptr_t>(memory.get()), end = begin + bytes;
        begin = (begin + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
        end &= ~(HUGE_PAGE - 1);
        // Advice only: where the kernel has none to give, the memory is as it was.
        if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
        return memory;
    }

    c10::DeleterFnPtr raw_deleter() const override { return plain->raw_deleter(); }
};

const int installed = (c10::SetCPUAllocator(new HugePages), 0);

}  // namespace

#else

#include <cstdlib>

namespace {

const int asked = setenv("THP_MEM_ALLOC_ENABLE", "1", 0);

}  // namespace

#endif
