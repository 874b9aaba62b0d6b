// One optimizer step over a whole list of parameters in one call. The arithmetic, to its order of operations, is that of
// torch.optim 1.13's single-tensor implementations; so are the parameters left alone: those without a gradient.
#include "native.h"

#include <ATen/Parallel.h>
#include <ATen/TensorIterator.h>
#include <ATen/core/LegacyTypeDispatch.h>
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

// A tensor that a plain loop over so many elements may walk.
bool plain(const at::Tensor& tensor, int64_t elements) {
    return tensor.scalar_type() == at::kFloat && tensor.device().is_cpu() && tensor.layout() == at::kStrided && tensor.is_contiguous() &&
           tensor.numel() == elements;
}

struct Adam {
    float beta1, rest1, beta2, rest2, bias_correction2_sqrt, eps, negative_step_size, weight_decay, shrink;
};

// One pass over the memory where ATen's operators take nine; each operation rounds as its operator does.
#if defined(__x86_64__)
__attribute__((target_clones("arch=x86-64-v3", "default")))
#endif
void adam_loop(float* __restrict p, const float* __restrict g, float* __restrict m, float* __restrict v, int64_t begin, int64_t end, Adam a) {
    for (int64_t i = begin; i < end; i++) {
        float parameter = p[i] * a.shrink;
        float gradient = __builtin_fmaf(parameter, a.weight_decay, g[i]);
        float mean = __builtin_fmaf(gradient, a.rest1, m[i] * a.beta1);
        float square = __builtin_fmaf(a.rest2 * gradient, gradient, v[i] * a.beta2);
        m[i] = mean;
        v[i] = square;
        p[i] = parameter + a.negative_step_size * mean / (__builtin_sqrtf(square) / a.bias_correction2_sqrt + a.eps);
    }
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

// Counts each parameter's steps up itself; max_exp_avg_sqs is read with amsgrad only. Decoupled weight decay makes it AdamW.
EXPORT int torch_adam_step(void** parameters, void** exp_avgs, void** exp_avg_sqs, void** max_exp_avg_sqs, int64_t* steps, int32_t count,
                           double lr, double beta1, double beta2, double eps, double weight_decay, int32_t decoupled, int32_t amsgrad, int32_t maximize) {
    return for_each_gradient(parameters, count, [=](at::Tensor& parameter, const at::Tensor& gradient, int32_t i) {
        TORCH_CHECK(!gradient.is_sparse(), "Adam does not support sparse gradients");
        double step = static_cast<double>(++steps[i]);
        double step_size = lr / (1 - std::pow(beta1, step));
        double bias_correction2_sqrt = std::sqrt(1 - std::pow(beta2, step));
        at::Tensor exp_avg = borrow(exp_avgs[i]), exp_avg_sq = borrow(exp_avg_sqs[i]);
        int64_t n = parameter.numel();
        if (!amsgrad && !maximize && plain(parameter, n) && plain(gradient, n) && plain(exp_avg, n) && plain(exp_avg_sq, n)) {
            const Adam adam{float(beta1), float(1 - beta1), float(beta2), float(1 - beta2), float(bias_correction2_sqrt), float(eps), float(-step_size),
                            decoupled ? 0 : float(weight_decay), decoupled ? float(1 - lr * weight_decay) : 1};
            float *p = parameter.data_ptr<float>(), *m = exp_avg.data_ptr<float>(), *v = exp_avg_sq.data_ptr<float>();
            const float* g = gradient.data_ptr<float>();
            at::parallel_for(0, n, at::internal::GRAIN_SIZE, [=](int64_t begin, int64_t end) { adam_loop(p, g, m, v, begin, end, adam); });
            for (const at::Tensor& changed : {parameter, exp_avg, exp_avg_sq}) changed.unsafeGetTensorImpl()->bump_version();
            return;
        }
        at::Tensor g = maximize ? gradient.neg() : gradient;
        if (weight_decay != 0 && decoupled) parameter.mul_(1 - lr * weight_decay);
        else if (weight_decay != 0) g = g.add(parameter, weight_decay);
        exp_avg.mul_(beta1).add_(g, 1 - beta1);
        exp_avg_sq.mul_(beta2).addcmul_(g, g.conj(), 1 - beta2);
        at::Tensor second = exp_avg_sq;
        if (amsgrad) {
            second = borrow(max_exp_avg_sqs[i]);
            at::maximum_out(second, second, exp_avg_sq);
        }
        parameter.addcdiv_(exp_avg, (second.sqrt() / bias_correction2_sqrt).add_(eps), -step_size);
    });
}

// Counts steps as Adam's does. Momentum buffers are read where momentum is set, gradient averages where there are any (centered).
EXPORT int torch_rmsprop_step(void** parameters, void** square_avgs, void** momentum_buffers, void** grad_avgs, int64_t* steps, int32_t count, double lr,
                              double alpha, double eps, double weight_decay, double momentum, int32_t maximize) {
    return for_each_gradient(parameters, count, [=](at::Tensor& parameter, const at::Tensor& gradient, int32_t i) {
        TORCH_CHECK(!gradient.is_sparse(), "RMSprop does not support sparse gradients");
        ++steps[i];
        at::Tensor g = maximize ? gradient.neg() : gradient;
        if (weight_decay != 0) g = g.add(parameter, weight_decay);
        at::Tensor square_avg = borrow(square_avgs[i]), average = borrow(grad_avgs[i]);
        square_avg.mul_(alpha).addcmul_(g, g, 1 - alpha);
        at::Tensor root;
        if (average.defined()) {
            average.mul_(alpha).add_(g, 1 - alpha);
            root = square_avg.addcmul(average, average, -1).sqrt_().add_(eps);
        } else {
            root = square_avg.sqrt().add_(eps);
        }
        if (momentum > 0) {
            at::Tensor buffer = borrow(momentum_buffers[i]);
            buffer.mul_(momentum).addcdiv_(g, root);
            parameter.add_(buffer, -lr);
        } else {
            parameter.addcdiv_(g, root, -lr);
        }
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
