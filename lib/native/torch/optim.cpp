// One optimizer step over a whole list of parameters in one call. The arithmetic, to its order of operations, is that of
// torch.optim 1.13's single-tensor implementations; so are the parameters left alone: those without a gradient.
#include "native.h"

#include <c10/core/GradMode.h>
#include <cmath>

namespace {

// Calls step(parameter, gradient, i) for each parameter that has one, outside of autograd.
template <class Step> int for_each_gradient(void** parameters, int32_t count, Step step) {
    return guard([&] {
        // Below autograd, but not below the version counters that tell a stale saved tensor.
        at::AutoDispatchBelowAutograd below;
        c10::AutoGradMode no_grad(false);
        for (int32_t i = 0; i < count; i++) {
            at::Tensor parameter = borrow(parameters[i]);
            if (const at::Tensor& gradient = parameter.grad(); gradient.defined()) step(parameter, gradient, i);
        }
    });
}

} // namespace

EXPORT int torch_zero_grad(void** parameters, int32_t count) {
    return for_each_gradient(parameters, count, [](at::Tensor& parameter, const at::Tensor&, int32_t) { parameter.mutable_grad().reset(); });
}

// Momentum buffers start as none and are made on a parameter's first step.
EXPORT int torch_sgd_step(void** parameters, void** buffers, int32_t count, double lr, double momentum, double dampening, double weight_decay,
                          int32_t nesterov, int32_t maximize) {
    return for_each_gradient(parameters, count, [=](at::Tensor& parameter, const at::Tensor& gradient, int32_t i) {
        at::Tensor d = maximize ? gradient.neg() : gradient;
        if (weight_decay != 0) d = d.add(parameter, weight_decay);
        if (momentum != 0) {
            at::Tensor buffer = borrow(buffers[i]);
            if (buffer.defined()) {
                buffer.mul_(momentum).add_(d, 1 - dampening);
            } else {
                buffer = d.clone();
                buffers[i] = release(buffer);
            }
            d = nesterov ? d.add(buffer, momentum) : buffer;
        }
        parameter.add_(d, -lr);
    });
}

// Counts each parameter's steps up itself; max_exp_avg_sqs is read with amsgrad only.
EXPORT int torch_adam_step(void** parameters, void** exp_avgs, void** exp_avg_sqs, void** max_exp_avg_sqs, int64_t* steps, int32_t count,
                           double lr, double beta1, double beta2, double eps, double weight_decay, int32_t amsgrad, int32_t maximize) {
    return for_each_gradient(parameters, count, [=](at::Tensor& parameter, const at::Tensor& gradient, int32_t i) {
        at::Tensor g = maximize ? gradient.neg() : gradient;
        double step = static_cast<double>(++steps[i]);
        if (weight_decay != 0) g = g.add(parameter, weight_decay);
        at::Tensor exp_avg = borrow(exp_avgs[i]), exp_avg_sq = borrow(exp_avg_sqs[i]);
        exp_avg.mul_(beta1).add_(g, 1 - beta1);
        exp_avg_sq.mul_(beta2).addcmul_(g, g.conj(), 1 - beta2);
        double step_size = lr / (1 - std::pow(beta1, step));
        double bias_correction2_sqrt = std::sqrt(1 - std::pow(beta2, step));
        at::Tensor second = exp_avg_sq;
        if (amsgrad) {
            second = borrow(max_exp_avg_sqs[i]);
            at::maximum_out(second, second, exp_avg_sq);
        }
        parameter.addcdiv_(exp_avg, (second.sqrt() / bias_correction2_sqrt).add_(eps), -step_size);
    });
}

// torch.nn.utils.clip_grad_norm_; the norm of all gradients together comes back.
EXPORT int torch_clip_grad_norm(void** parameters, int32_t count, double max_norm, double norm_type, double* total) {
    *total = 0;
    std::vector<at::Tensor> gradients, norms;
    bool infinite = std::isinf(norm_type);
    int status = for_each_gradient(parameters, count, [&](at::Tensor&, const at::Tensor& gradient, int32_t) {
        gradients.push_back(gradient);
        norms.push_back(infinite ? gradient.abs().max() : at::norm(gradient, norm_type));
    });
    if (status != 0 || gradients.empty()) return status;
    return guard([&] {
        c10::AutoGradMode no_grad(false);
        at::Tensor stacked = at::stack(norms), norm = infinite ? stacked.max() : at::norm(stacked, norm_type);
        at::Tensor coefficient = at::clamp_max(max_norm / (norm + 1e-6), 1.0);
        for (at::Tensor& gradient : gradients) gradient.mul_(coefficient);
        *total = norm.item<double>();
    });
}
