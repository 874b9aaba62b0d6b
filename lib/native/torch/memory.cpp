// Large tensors lie in huge pages, and where one was freed the next of its size goes. Linux hands memory out at its first touch, cleared
// and by default in pages of 4 KiB, and a training step makes and frees hundreds of MB: that can take as long as computing what goes in.
// From 2.x on PyTorch asks for huge pages itself when told to.
#include <torch/version.h>

#if TORCH_VERSION_MAJOR < 2

#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>

#include <algorithm>
#include <list>
#include <mutex>
#include <unordered_map>

namespace {

constexpr size_t HUGE_PAGE = 2 << 20;  // bytes, of x86-64 and of arm64 with pages of 4 KiB
constexpr size_t MOST_KEPT = 1 << 30;  // bytes of freed blocks

void advise(void* memory, size_t bytes) {
    uintptr_t begin = reinterpret_cast<uintptr_t>(memory), end = begin + bytes;
    begin = (begin + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
    end &= ~(HUGE_PAGE - 1);
    // Advice only: where the kernel has none to give, the memory is as it was.
    if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

struct LargeBlocks final : c10::Allocator {
    c10::Allocator* plain = c10::GetCPUAllocator();

    c10::DataPtr allocate(size_t bytes) const override;

    c10::DeleterFnPtr raw_deleter() const override { return give_back; }

    static void give_back(void* block);
};

struct Block {
    void* memory;
    size_t bytes;
};

// What is in use and what is kept are together never more than was in use at once.
const auto* const blocks = new LargeBlocks;
std::mutex access;
auto& sizes = *new std::unordered_map<void*, size_t>;  // of those in use
auto& kept = *new std::list<Block>;                    // the oldest first
size_t used = 0, most_used = 0, bytes_kept = 0;

void keep_at_most(size_t bytes) {
    while (bytes_kept > bytes) {
        bytes_kept -= kept.front().bytes;
        blocks->plain->raw_deallocate(kept.front().memory);
        kept.pop_front();
    }
}

c10::DataPtr LargeBlocks::allocate(size_t bytes) const {
    if (bytes < HUGE_PAGE) return plain->allocate(bytes);
    bytes = (bytes + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
    std::lock_guard<std::mutex> lock(access);
    void* memory;
    auto found = std::find_if(kept.rbegin(), kept.rend(), [&](const Block& block) { return block.bytes == bytes; });
    if (found != kept.rend()) {
        memory = found->memory;
        kept.erase(std::next(found).base());
        bytes_kept -= bytes;
    } else {
        keep_at_most(most_used > used + bytes ? most_used - used - bytes : 0);
        memory = plain->raw_allocate(bytes);
        advise(memory, bytes);
    }
    sizes[memory] = bytes;
    most_used = std::max(most_used, used += bytes);
    return {memory, memory, give_back, c10::Device(c10::kCPU)};
}

void LargeBlocks::give_back(void* memory) {
    std::lock_guard<std::mutex> lock(access);
    auto found = sizes.find(memory);
    if (found == sizes.end()) return blocks->plain->raw_deallocate(memory);
    size_t bytes = found->second;
    sizes.erase(found);
    used -= bytes;
    kept.push_back({memory, bytes});
    bytes_kept += bytes;
    keep_at_most(std::min(most_used - used, MOST_KEPT));
}

const int installed = (c10::SetCPUAllocator(const_cast<LargeBlocks*>(blocks)), 0);

}  // namespace

#else

#include <cstdlib>

namespace {

const int asked = setenv("THP_MEM_ALLOC_ENABLE", "1", 0);

}  // namespace

#endif
