// C functions over libtorch. Every ATen operator is called by its name through the dispatcher (torch_call);
// beside that stands only what no operator does. A function that can fail returns 0, or -1 and a message in torch_error().
#include "native.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/cuda.h>
#include <torch/version.h>

// Debian's libtorch multiplies matrices with OpenBLAS, whose own threads at::set_num_threads knows nothing of.
extern "C" __attribute__((weak)) void openblas_set_num_threads(int count);

namespace {

// The order is that of Kind in lib/Torch/Native/Value.cs.
enum class Kind : int32_t { Default, None, Tensor, Int, Double, Bool, Ints, Doubles, Tensors, OptionalTensors, String, Device, Generator, Complex };

struct Value {
    Kind kind;
    int32_t count; // the elements of a list; of a resulting tensor, the KiB it holds
    union {
        int64_t integer;
        double real;
        void* pointer;
    };
};

struct Description {
    const int64_t* sizes;
    const int64_t* strides;
    void* data;
    int64_t numel, storage_offset, storage_bytes, element_size;
    int32_t ndim, dtype, device_type, device_index;
    int32_t requires_grad, is_leaf, is_contiguous, is_plain, is_sparse; // plain: the memory holds the elements as they are
};

using GeneratorPointer = c10::intrusive_ptr<c10::GeneratorImpl>;

at::Generator generator(void* handle) {
    return at::Generator(GeneratorPointer::reclaim_copy(static_cast<c10::GeneratorImpl*>(handle)));
}

// A device crosses as its type and index in one integer.
c10::Device device(int64_t packed) {
    return c10::Device(static_cast<c10::DeviceType>(packed >> 8), static_cast<c10::DeviceIndex>(static_cast<int8_t>(packed & 0xff)));
}

c10::IValue to_ivalue(const Value& value, const c10::Argument& argument) {
    switch (value.kind) {
        case Kind::Default:
            TORCH_CHECK(argument.default_value().has_value(), "missing a value for argument '", argument.name(), "'");
            return *argument.default_value();
        case Kind::None: return {};
        case Kind::Tensor: return borrow(value.pointer);
        case Kind::Int: return value.integer;
        case Kind::Double: return value.real;
        case Kind::Bool: return value.integer != 0;
        case Kind::Ints: return at::IntArrayRef(static_cast<int64_t*>(value.pointer), value.count);
        case Kind::Doubles: return at::ArrayRef<double>(static_cast<double*>(value.pointer), value.count);
        case Kind::Tensors: return borrow(static_cast<void**>(value.pointer), value.count);
        case Kind::OptionalTensors: {
            c10::impl::GenericList list(c10::OptionalType::create(c10::TensorType::get()));
            list.reserve(value.count);
            for (int32_t i = 0; i < value.count; i++) {
                void* handle = static_cast<void**>(value.pointer)[i];
                list.push_back(handle ? c10::IValue(borrow(handle)) : c10::IValue());
            }
            return list;
        }
        case Kind::String: return std::string(static_cast<char*>(value.pointer), value.count);
        case Kind::Device: return device(value.integer);
        case Kind::Generator: return generator(value.pointer);
        case Kind::Complex: return c10::complex<double>(static_cast<double*>(value.pointer)[0], static_cast<double*>(value.pointer)[1]);
    }
    TORCH_CHECK(false, "unknown kind of value for argument '", argument.name(), "'");
}

Value from_tensor(at::Tensor tensor) {
    Value value{Kind::Tensor, 0, {0}};
    if (tensor.defined()) {
        // A view holds its base's memory, which is counted where the base was made.
        size_t bytes = tensor.has_storage() && !tensor.is_view() ? tensor.storage().nbytes() : 0;
        value.count = static_cast<int32_t>(std::min<size_t>(1 + (bytes >> 10), INT32_MAX));
    }
    value.pointer = release(std::move(tensor));
    return value;
}

Value from_ivalue(c10::IValue&& result) {
    Value value{Kind::None, 0, {0}};
    if (result.isTensor()) return from_tensor(std::move(result).toTensor());
    if (result.isInt()) {
        value.kind = Kind::Int;
        value.integer = result.toInt();
    } else if (result.isDouble()) {
        value.kind = Kind::Double;
        value.real = result.toDouble();
    } else if (result.isBool()) {
        value.kind = Kind::Bool;
        value.integer = result.toBool();
    } else if (result.isTensorList()) {
        std::vector<at::Tensor> tensors = std::move(result).toTensorVector();
        auto* items = new Value[tensors.size()];
        for (size_t i = 0; i < tensors.size(); i++) items[i] = from_tensor(std::move(tensors[i]));
        value = {Kind::Tensors, static_cast<int32_t>(tensors.size()), {0}};
        value.pointer = items;
    } else {
        TORCH_CHECK(result.isNone(), "a result of type ", result.tagKind(), " has no counterpart in .NET");
    }
    return value;
}

struct Operator {
    c10::OperatorHandle handle;
    bool divides; // integers, by their first two arguments
};

// The least integer divided by -1 traps on x86, and the trap ends the process.
void check_division(const c10::IValue& dividend, const c10::IValue& divisor) {
    if (!dividend.isTensor() || !(divisor.isTensor() || divisor.isInt())) return;
    const at::Tensor& left = dividend.toTensor();
    at::Tensor right = divisor.isTensor() ? divisor.toTensor() : at::scalar_tensor(divisor.toInt(), at::kLong);
    if (!left.defined() || !right.defined() || !left.device().is_cpu()) return;
    at::ScalarType type = at::result_type(left, right);
    if (type != at::kInt && type != at::kLong) return;
    at::Tensor traps = left.to(type).eq(type == at::kInt ? INT32_MIN : INT64_MIN).logical_and(right.eq(-1));
    TORCH_CHECK(!traps.any().item<bool>(), "integer overflow: the least number of type ", type, " is divided by -1");
}

} // namespace

std::string& last_error() {
    thread_local std::string message;
    return message;
}

EXPORT const char* torch_error() { return last_error().c_str(); }

// The operator's handle, good for the life of the process; none where this libtorch has no such operator.
EXPORT void* torch_find(const char* name, const char* overload) {
    void* found = nullptr;
    guard([&] {
        auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
        if (!handle.has_value()) return;
        std::string plain(name), variant(overload);
        if (plain.back() == '_') plain.pop_back();
        bool divides = plain == "aten::floor_divide" || plain == "aten::remainder" || plain == "aten::fmod" ||
                       (plain == "aten::div" && variant.find("mode") != std::string::npos);
        found = new Operator{*handle, divides};
    });
    return found;
}

// Calls an operator; arguments that are not given take the schema's defaults. Fills the first of the results.
EXPORT int torch_call(void* op, const Value* arguments, int32_t count, Value* results, int32_t wanted) {
    // Kernels look at the stack's top only, so calls can nest on one stack, and its memory is kept between them.
    thread_local std::vector<c10::IValue> stack;
    size_t base = stack.size();
    int status = guard([&] {
        const auto& [handle, divides] = *static_cast<Operator*>(op);
        const auto& schema = handle.schema();
        const auto& parameters = schema.arguments();
        TORCH_CHECK(static_cast<size_t>(count) <= parameters.size(), schema.name(), " takes ", parameters.size(), " arguments, not ", count);
        const Value absent{Kind::Default, 0, {0}};
        for (size_t i = 0; i < parameters.size(); i++)
            stack.push_back(to_ivalue(i < static_cast<size_t>(count) ? arguments[i] : absent, parameters[i]));
        if (divides) check_division(stack[base], stack[base + 1]);
        handle.callBoxed(&stack);
        TORCH_CHECK(base + wanted <= stack.size(), schema.name(), " returns fewer than ", wanted, " values");
        for (int32_t i = 0; i < wanted; i++) results[i] = from_ivalue(std::move(stack[base + i]));
    });
    stack.resize(base);
    return status;
}

EXPORT void torch_free_list(Value* items) { delete[] items; }

EXPORT void torch_free(void* tensor) { Impl::reclaim(static_cast<c10::TensorImpl*>(tensor)); }

// The pointers are good while the tensor lives and keeps its shape.
EXPORT int torch_describe(void* handle, Description* out) {
    return guard([&] {
        at::Tensor tensor = borrow(handle);
        bool strided = tensor.layout() == c10::kStrided;
        out->sizes = tensor.sizes().data();
        out->strides = strided ? tensor.strides().data() : nullptr;
        out->data = strided && tensor.has_storage() ? tensor.data_ptr() : nullptr;
        out->numel = tensor.numel();
        out->storage_offset = strided ? tensor.storage_offset() : 0;
        out->storage_bytes = strided && tensor.has_storage() ? static_cast<int64_t>(tensor.storage().nbytes()) : 0;
        out->element_size = tensor.element_size();
        out->ndim = static_cast<int32_t>(tensor.dim());
        out->dtype = static_cast<int32_t>(tensor.scalar_type());
        out->device_type = static_cast<int32_t>(tensor.device().type());
        out->device_index = tensor.device().index();
        out->requires_grad = tensor.requires_grad();
        out->is_leaf = tensor.is_leaf();
        out->is_contiguous = strided && tensor.is_contiguous();
        out->is_plain = strided && !tensor.is_conj() && !tensor.is_neg();
        out->is_sparse = tensor.layout() == c10::kSparse;
    });
}

EXPORT int torch_grad(void* tensor, Value* out) {
    return guard([&] { *out = from_tensor(borrow(tensor).grad()); });
}

// What backward calls for the tensor, such as MulBackward0; nothing for a leaf. Good until the next call on this thread.
EXPORT int torch_grad_fn(void* tensor, const char** name) {
    return guard([&] {
        thread_local std::string kept;
        const auto& node = borrow(tensor).grad_fn();
        if (node) kept = node->name();
        *name = node ? kept.c_str() : nullptr;
    });
}

// As strict as Python: what walks a parameter and its gradient together relies on it.
EXPORT int torch_set_grad(void* tensor, void* grad) {
    return guard([&] {
        at::Tensor owner = borrow(tensor), given = borrow(grad);
        if (given.defined()) {
            TORCH_CHECK(tensor != grad, "a tensor can't be its own gradient");
            TORCH_CHECK(given.scalar_type() == owner.scalar_type(), "a tensor of type ", owner.scalar_type(), " can't have a gradient of type ", given.scalar_type());
            TORCH_CHECK(given.device() == owner.device(), "a tensor on ", owner.device(), " can't have a gradient on ", given.device());
            TORCH_CHECK(given.sizes() == owner.sizes(), "a tensor of shape ", owner.sizes(), " can't have a gradient of shape ", given.sizes());
        }
        owner.mutable_grad() = given;
    });
}

EXPORT int torch_backward(void** tensors, void** grads, int32_t count, int32_t retain_graph, int32_t create_graph, void** inputs, int32_t input_count) {
    return guard([&] {
        torch::autograd::backward(borrow(tensors, count), grads ? borrow(grads, count) : std::vector<at::Tensor>{}, retain_graph != 0,
                                  create_graph != 0, borrow(inputs, input_count));
    });
}

EXPORT int torch_autograd_grad(void** outputs, void** grads, int32_t count, void** inputs, int32_t input_count, int32_t retain_graph,
                               int32_t create_graph, int32_t allow_unused, Value* out) {
    return guard([&] {
        auto results = torch::autograd::grad(borrow(outputs, count), borrow(inputs, input_count),
                                             grads ? borrow(grads, count) : std::vector<at::Tensor>{}, retain_graph != 0, create_graph != 0,
                                             allow_unused != 0);
        for (int32_t i = 0; i < input_count; i++) out[i] = from_tensor(std::move(results[i]));
    });
}

EXPORT int torch_is_grad_enabled() { return c10::GradMode::is_enabled(); }
EXPORT void torch_set_grad_enabled(int32_t on) { c10::GradMode::set_enabled(on != 0); }

// The mode lasts until it is left, on the same thread.
EXPORT void* torch_enter_inference_mode(int32_t on) { return new c10::InferenceMode(on != 0); }
EXPORT void torch_leave_inference_mode(void* mode) { delete static_cast<c10::InferenceMode*>(mode); }
EXPORT int torch_is_inference_mode() { return c10::InferenceMode::is_enabled(); }

EXPORT int torch_manual_seed(uint64_t seed) {
    return guard([&] { at::manual_seed(seed); });
}

EXPORT void* torch_default_generator() { return at::detail::getDefaultCPUGenerator().unsafeGetGeneratorImpl(); }

EXPORT int torch_generator_new(uint64_t seed, int64_t where, void** out) {
    return guard([&] {
        at::Generator made = at::globalContext().defaultGenerator(device(where)).clone();
        made.set_current_seed(seed);
        *out = GeneratorPointer(made.getIntrusivePtr()).release();
    });
}

EXPORT void torch_generator_free(void* handle) { GeneratorPointer::reclaim(static_cast<c10::GeneratorImpl*>(handle)); }

EXPORT int torch_generator_set_seed(void* handle, uint64_t seed) {
    return guard([&] {
        at::Generator g = generator(handle);
        std::lock_guard<std::mutex> lock(g.mutex());
        g.set_current_seed(seed);
    });
}

EXPORT int64_t torch_generator_seed(void* handle) { return static_cast<int64_t>(generator(handle).current_seed()); }

EXPORT int torch_generator_state(void* handle, Value* out) {
    return guard([&] {
        at::Generator g = generator(handle);
        std::lock_guard<std::mutex> lock(g.mutex());
        *out = from_tensor(g.get_state());
    });
}

EXPORT int torch_generator_set_state(void* handle, void* state) {
    return guard([&] {
        at::Generator g = generator(handle);
        std::lock_guard<std::mutex> lock(g.mutex());
        g.set_state(borrow(state));
    });
}

EXPORT int torch_get_default_dtype() { return static_cast<int>(at::get_default_dtype_as_scalartype()); }
EXPORT int torch_set_default_dtype(int32_t type) {
    return guard([&] {
        auto wanted = static_cast<at::ScalarType>(type);
        TORCH_CHECK(at::isFloatingType(wanted), "the default type must be one of floating point, not ", wanted);
        at::set_default_dtype(c10::scalarTypeToTypeMeta(wanted));
    });
}

EXPORT int torch_get_num_threads() { return at::get_num_threads(); }
EXPORT int torch_set_num_threads(int32_t count) {
    return guard([&] {
        at::set_num_threads(count);
        if (openblas_set_num_threads) openblas_set_num_threads(count);
    });
}
EXPORT int torch_get_num_interop_threads() { return at::get_num_interop_threads(); }
EXPORT int torch_set_num_interop_threads(int32_t count) {
    return guard([&] { at::set_num_interop_threads(count); });
}

EXPORT int torch_cuda_device_count() { return static_cast<int>(torch::cuda::device_count()); }
EXPORT int torch_cuda_synchronize(int64_t index) {
    return guard([&] { torch::cuda::synchronize(index); });
}
EXPORT int torch_allow_tf32_matmul() { return at::globalContext().allowTF32CuBLAS(); }
EXPORT int torch_set_allow_tf32_matmul(int32_t allow) {
    return guard([&] { at::globalContext().setAllowTF32CuBLAS(allow != 0); });
}
EXPORT int torch_allow_tf32_cudnn() { return at::globalContext().allowTF32CuDNN(); }
EXPORT int torch_set_allow_tf32_cudnn(int32_t allow) {
    return guard([&] { at::globalContext().setAllowTF32CuDNN(allow != 0); });
}
EXPORT int torch_has_cudnn() { return torch::cuda::cudnn_is_available(); }

// 1 where it is on, 3 where it only warns.
EXPORT int torch_deterministic() {
    auto& context = at::globalContext();
    return context.deterministicAlgorithms() ? context.deterministicAlgorithmsWarnOnly() ? 3 : 1 : 0;
}
EXPORT int torch_set_deterministic(int32_t on, int32_t warn_only) {
    return guard([&] { at::globalContext().setDeterministicAlgorithms(on != 0, warn_only != 0); });
}
EXPORT int torch_float32_matmul_precision() { return static_cast<int>(at::globalContext().float32MatmulPrecision()); }
EXPORT int torch_set_float32_matmul_precision(int32_t precision) {
    return guard([&] {
        // By name, which every libtorch knows.
        static const char* const names[] = {"highest", "high", "medium"};
        TORCH_CHECK(precision >= 0 && precision < 3, "there is no matmul precision ", precision);
        at::globalContext().setFloat32MatmulPrecision(std::string(names[precision]));
    });
}
EXPORT const char* torch_version() { return TORCH_VERSION; }
