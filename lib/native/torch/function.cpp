// Functions whose backward is managed code: torch.autograd.Function.
#include "native.h"

#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/custom_class.h>

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Fills a reference of its own for each input's gradient, or none; returns below zero, with torch_error set, where it failed.
using Backward = int (*)(void* state, void** saved, int32_t saved_count, void** grads, int32_t grad_count, void** results);
using Release = void (*)(void* state);

// What the managed side remembers of a call, for as long as the graph lives.
struct State : torch::CustomClassHolder {
    State(void* state, Backward backward, Release release, size_t inputs) : state(state), backward(backward), release(release), inputs(inputs) {}
    ~State() override { release(state); }
    void* state;
    Backward backward;
    Release release;
    size_t inputs;
};

struct Call {
    c10::intrusive_ptr<State> state;
    variable_list outputs, saved, dirty, constant;
    bool materialize;
};

struct Managed : torch::autograd::Function<Managed> {
    static variable_list forward(AutogradContext* context, at::TensorList, Call* call) {
        context->save_for_backward(call->saved);
        context->mark_dirty(call->dirty);
        context->mark_non_differentiable(call->constant);
        context->set_materialize_grads(call->materialize);
        context->saved_data["state"] = c10::IValue::make_capsule(call->state);
        return call->outputs;
    }

    static variable_list backward(AutogradContext* context, variable_list grads) {
        auto capsule = context->saved_data["state"].toCapsule();
        auto& state = static_cast<State&>(*capsule);
        variable_list saved = context->get_saved_variables();
        auto handles = [](const variable_list& tensors) {
            std::vector<void*> result;
            for (const auto& tensor : tensors) result.push_back(tensor.defined() ? tensor.unsafeGetTensorImpl() : nullptr);
            return result;
        };
        auto from = handles(saved), given = handles(grads);
        std::vector<void*> results(state.inputs);
        TORCH_CHECK(state.backward(state.state, from.data(), from.size(), given.data(), given.size(), results.data()) >= 0, last_error());
        variable_list out;
        for (void* handle : results) out.push_back(handle ? at::Tensor(Impl::reclaim(static_cast<c10::TensorImpl*>(handle))) : at::Tensor());
        out.emplace_back(); // for the call itself
        return out;
    }
};

} // namespace

EXPORT void torch_set_error(const char* message) { last_error() = message; }

// Another reference to a tensor.
EXPORT void* torch_share(void* tensor) { return release(borrow(tensor)); }

// Puts a function that was computed already into the graph: its outputs, as many as out takes, now lead back to its inputs.
EXPORT int torch_function(void** inputs, int32_t input_count, void** outputs, int32_t output_count, void** saved, int32_t saved_count, void** dirty,
                          int32_t dirty_count, void** constant, int32_t constant_count, int32_t materialize, void* state, Backward backward, Release release,
                          void** out) {
    // The state is released with the graph, or here where none is made.
    auto owner = c10::make_intrusive<State>(state, backward, release, input_count);
    return guard([&] {
        Call call{owner, borrow(outputs, output_count), borrow(saved, saved_count), borrow(dirty, dirty_count), borrow(constant, constant_count), materialize != 0};
        std::vector<at::Tensor> from = borrow(inputs, input_count);
        variable_list results = Managed::apply(at::TensorList(from), &call);
        for (int32_t i = 0; i < output_count; i++) out[i] = ::release(std::move(results[i]));
    });
}

EXPORT int torch_anomaly_mode() { return torch::autograd::AnomalyMode::is_enabled() ? torch::autograd::AnomalyMode::should_check_nan() ? 3 : 1 : 0; }
EXPORT void torch_set_anomaly_mode(int32_t enabled, int32_t check_nan) { torch::autograd::AnomalyMode::set_enabled(enabled != 0, check_nan != 0); }
