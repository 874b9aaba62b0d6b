// What the C functions share: how tensors and failures cross the border to .NET.
#pragma once

#include <ATen/ATen.h>
#include <cstdint>
#include <string>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

// A tensor's handle is its TensorImpl, one reference of which the holder owns; no handle is the undefined tensor.
using Impl = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

inline at::Tensor borrow(void* handle) {
    return handle ? at::Tensor(Impl::reclaim_copy(static_cast<c10::TensorImpl*>(handle))) : at::Tensor();
}

inline void* release(at::Tensor tensor) {
    return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

inline std::vector<at::Tensor> borrow(void* const* handles, int64_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int64_t i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
    return tensors;
}

// What torch_error() returns on this thread.
std::string& last_error();

// Runs a function's body; a C++ exception, which must not unwind into .NET, becomes -1 and a message.
template <class Body> int guard(Body body) noexcept {
    try {
        body();
        return 0;
    } catch (const c10::Error& e) {
        last_error() = e.what_without_backtrace();
    } catch (const std::exception& e) {
        last_error() = e.what();
    } catch (...) {
        last_error() = "libtorch threw something that is no exception";
    }
    return -1;
}
