using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests;

public partial class OperationTests
{
    /// <summary>Expressions that read the same in both languages, but for what <see cref="Same"/> rewrites.</summary>
    private static readonly (string python, Func<Tensor, Tensor, Tensor, Tensor, Tensor> here)[] same =
    [
        // Element by element.
        Same((a, b, c, k) => torch.arccos(b * 0.5) + torch.arcsin(b * 0.5) + torch.arctan(a) + torch.arctan2(a, b)),
        Same((a, b, c, k) => torch.arccosh(b + 1) + torch.arcsinh(a) + torch.arctanh(b * 0.5)),
        Same((a, b, c, k) => torch.arccos_(b * 0.5) + torch.arcsin_(b * 0.5) + torch.arctan_(a * 2) + torch.arctan2_(a * 2, b)),
        Same((a, b, c, k) => torch.arccosh_(b.detach() + 1) + torch.arcsinh_(a.detach() * 2) + torch.arctanh_(b.detach() * 0.5)),
        Same((a, b, c, k) => torch.fix(a * 3) + torch.fix_(a * 4) + torch.i0(a) + torch.i0_(a * 2) + torch.conj_physical(a) + torch.conj_physical_(a * 3) + torch.resolve_conj(a) + torch.resolve_neg(b)),
        Same((a, b, c, k) => torch.mvlgamma(b + 1, 2) + torch.mvlgamma_(b + 2, 2) + b.polygamma(1) + b.clone().polygamma_(2)),
        Same((a, b, c, k) => torch.nan_to_num(a.detach() / 0, 1, 2, -3) + torch.nan_to_num_(a.detach().log(), 0.5)),
        Same((a, b, c, k) => torch.logit(b * 0.5) + torch.logit_(b * 0.6) + torch.logit(a, 0.3)),
        Same((a, b, c, k) => torch.round_(a * 5) + torch.round_(a * 5, decimals: 1)),
        Same((a, b, c, k) => torch.clamp(a, b - 1, b) + torch.clamp_(a * 2, b - 1, b) + torch.clamp_min(a, 0.1) + torch.clamp_max(a, 0.2) + torch.clip(a, -1, 1)),
        Same((a, b, c, k) => torch.clamp_min_(a * 2, 0.1) + torch.clamp_max_(a * 2, 0.2) + torch.clamp_(a * 2, -0.3, 0.4)),
        Same((a, b, c, k) => torch.frexp(a.detach()).Item1 + torch.frexp(a.detach()).Item2),
        Same((a, b, c, k) => torch.isposinf(a / 0) & ~torch.isneginf(a / 0) & torch.isreal(a)),
        Same((a, b, c, k) => torch.special.airy_ai(a.detach()) + torch.special.bessel_j0(a.detach()) + torch.special.bessel_j1(a.detach()) + torch.special.bessel_y0(b.detach()) + torch.special.bessel_y1(b.detach())),
        Same((a, b, c, k) => torch.special.digamma(b) + torch.special.entr(b) + torch.special.erf(a) + torch.special.erfc(a) + torch.special.erfcx(a) + torch.special.erfinv(b * 0.5) + torch.special.exp2(a) + torch.special.expit(a) + torch.special.expm1(a)),
        Same((a, b, c, k) => torch.special.gammainc(b.detach(), b.detach()) + torch.special.gammaincc(b.detach(), b.detach()) + torch.special.gammaln(b) + torch.special.i0(a) + torch.special.i0e(a) + torch.special.i1(a) + torch.special.i1e(a)),
        Same((a, b, c, k) => torch.special.logit(b * 0.5) + torch.special.multigammaln(b + 1, 2) + torch.special.ndtr(a) + torch.special.ndtri(b * 0.5) + torch.special.polygamma(1, b) + torch.special.psi(b) + torch.special.sinc(a)),
        Same((a, b, c, k) => torch.special.softmax(a, 1) + torch.special.log_softmax(a, 0) + torch.special.xlog1py(a, b) + torch.special.zeta(b.detach() + 1, b.detach())),
        Same((a, b, c, k) => torch.special.modified_bessel_i0(a.detach()) + torch.special.modified_bessel_i1(a.detach()) + torch.special.modified_bessel_k0(b.detach()) + torch.special.modified_bessel_k1(b.detach()) + torch.special.scaled_modified_bessel_k0(b.detach()) + torch.special.scaled_modified_bessel_k1(b.detach()) + torch.special.spherical_bessel_j0(b.detach())),
        Same((a, b, c, k) => torch.special.chebyshev_polynomial_t(a.detach(), k[0]) + torch.special.chebyshev_polynomial_u(a.detach(), k[0]) + torch.special.hermite_polynomial_h(a.detach(), k[0]) + torch.special.hermite_polynomial_he(a.detach(), k[0]) + torch.special.laguerre_polynomial_l(a.detach(), k[0]) + torch.special.legendre_polynomial_p(a.detach(), k[0])),

        // Two tensors.
        Same((a, b, c, k) => torch.bitwise_left_shift(k, k) + torch.bitwise_right_shift(k, k) + torch.gcd(k, k + 2) + torch.lcm(k + 1, k + 3)),
        Same((a, b, c, k) => torch.bitwise_left_shift_(k + 1, k) + torch.bitwise_right_shift_(k + 9, k) + torch.gcd_(k + 6, k + 2) + torch.lcm_(k + 1, k + 3)),
        Same((a, b, c, k) => torch.bitwise_and_(k + 1, k) + torch.bitwise_or_(k + 1, k) + torch.bitwise_xor_(k + 1, k)),
        Same((a, b, c, k) => torch.divide(a, b) + torch.divide(a, 3) + torch.divide_(a * 2, b) + torch.true_divide(a, b) + torch.true_divide_(a * 2, b) + torch.div_(a * 2, b) + torch.div_(a * 3, 2)),
        Same((a, b, c, k) => torch.float_power(b, a) + torch.float_power_(b.@double() + 1, a)),
        Same((a, b, c, k) => torch.greater(a, b) | torch.greater_equal(a, b) | (torch.less(a, c) & torch.less_equal(a, c)) | torch.not_equal(a, b)),
        Same((a, b, c, k) => torch.heaviside(a.detach(), b.detach()) + torch.heaviside_(a.detach() * 2, b.detach()) + torch.nextafter(a.detach(), b.detach()) + torch.nextafter_(a.detach() * 2, b.detach())),
        Same((a, b, c, k) => torch.igamma(b.detach(), b.detach() + 1) + torch.igammac(b.detach(), b.detach() + 1)),
        Same((a, b, c, k) => torch.ldexp(a, k[0]) + torch.ldexp_(a.detach() * 2, k[1]) + torch.logaddexp2(a, b) + torch.xlogy(a, b) + torch.xlogy(a, 2) + torch.xlogy_(a * 2, b)),
        Same((a, b, c, k) => torch.addcdiv(a, a, b, value: 0.5) + (a * 2).addcdiv_(a, b) + torch.addcmul(a, a, b, value: 0.5) + a.addcdiv(a, b)),
        Same((a, b, c, k) => (a * 2).lerp_(b, c) + torch.dist(a, b) + torch.dist(a, b, 3)),
        Same((a, b, c, k) => torch.add(a, 3, alpha: 2) + (a * 2).add_(b) + (a * 2).sub_(b) + (a * 2).mul_(b) + (a * 2).pow_(2) + (b * 9).remainder_(a.detach()) + (b * 9).fmod_(2)),
        Same((a, b, c, k) => torch.multiply(a, b) + torch.isclose(a, b).@float() + torch.copysign(a, b)),
        Same((a, b, c, k) => torch.logical_or((a > 0), (b > 1))),

        // Reductions.
        Same((a, b, c, k) => torch.amax(a, 1) + torch.amin(a, [1])),
        Same((a, b, c, k) => torch.amax(a, [0], true) - torch.amin(a, [0], keepdim: true)),
        Same((a, b, c, k) => torch.aminmax(a.detach(), dim: 1).Item1 * torch.aminmax(a.detach()).Item2),
        Same((a, b, c, k) => torch.std(a, 1) + torch.var(a, 1) + torch.std(a, [1], unbiased: false) + torch.var(a, [0, 1])),
        Same((a, b, c, k) => torch.std(a, (0, 1)) + torch.var(a, (0, 1)) + a.std((0, 1)) + a.var((0, 1))),
        Same((a, b, c, k) => torch.std_mean(a, 1).Item1 + torch.std_mean(a, [1], unbiased: false).Item2 + torch.var_mean(a, 1).Item1 + torch.var_mean(a, [1], keepdim: false).Item2),
        Same((a, b, c, k) => torch.var_mean(a).Item1 + torch.var_mean(a).Item2 + torch.std_mean(a).Item2 + torch.std_mean(a, (0, 1)).Item1 + torch.var_mean(a, (0, 1)).Item1),
        Same((a, b, c, k) => torch.logcumsumexp(a, 1) + torch.msort(a) + torch.renorm(a, 2, 0, 2)),
        Same((a, b, c, k) => torch.nanquantile(a, torch.tensor(0.3).@float(), dim: 1)),
        Same((a, b, c, k) => torch.trapezoid(a) + torch.trapezoid(a, dx: 2, dim: 1) + torch.trapezoid(a, c) + torch.trapz(a, c) + torch.trapz(a, dx: 0.5)),
        Same((a, b, c, k) => torch.cumulative_trapezoid(a) + torch.cumulative_trapezoid(a, dx: 2) + torch.cumulative_trapezoid(a, c)),
        Same((a, b, c, k) => torch.all(a > -1, 1) | torch.any(a > 1, 1)),
        Same((a, b, c, k) => torch.prod(b, 1, keepdim: true) + torch.cumprod(b, 1)),
        Same((a, b, c, k) => torch.histogram(a.detach(), 6, range: (-2, 2)).Item1 + torch.histogram(a.detach(), 6, range: (-2, 2), density: true).Item1),
        Same((a, b, c, k) => torch.histogram(a.detach(), torch.arange(-3, 4).@float(), weight: b.detach()).Item1),
        Same((a, b, c, k) => torch.cdist(a, b) + torch.cdist(a, b, 1)),
        Same((a, b, c, k) => torch.searchsorted(torch.arange(6), k, right: true)),

        // Shapes.
        Same((a, b, c, k) => torch.stack(torch.atleast_3d(a, b, a)) + torch.stack(torch.atleast_2d(a, b, a)).unsqueeze(3) + torch.stack(torch.atleast_1d(a, b, a)).unsqueeze(3)),
        Same((a, b, c, k) => torch.diag_embed(a) + torch.diagflat(c) + torch.diag_embed(a, offset: 0, dim1: -1, dim2: -2)),
        Same((a, b, c, k) => torch.diagonal(a) + torch.diagonal(a, 1)),
        Same((a, b, c, k) => torch.fliplr(a) + torch.flipud(a) + torch.rot90(a, 2)),
        Same((a, b, c, k) => torch.rot90(torch.rot90(a), 1, (1, 0))),
        Same((a, b, c, k) => torch.moveaxis(a, [0, 1], [1, 0]) + torch.movedim(a, 0, 1) + torch.swapaxes(a, 0, 1) + torch.swapdims(a, 0, 1) + torch.moveaxis(a, 0, 1) + torch.moveaxis(a, (0, 1), (1, 0))),
        Same((a, b, c, k) => torch.roll(a, 3) + torch.roll(a, 1, 1) + torch.roll(a, (1, 2), (0, 1)) + a.roll([1, 2], [0, 1])),
        Same((a, b, c, k) => torch.repeat_interleave(a, k, dim: 0)),
        Same((a, b, c, k) => torch.repeat_interleave(a, 2, dim: 1)),
        Same((a, b, c, k) => torch.squeeze_((a * 2).unsqueeze(0)) + torch.unsqueeze_(a * 2, 0) + (a * 2).unsqueeze_(0).squeeze_(0)),
        Same((a, b, c, k) => (a * 2).transpose_(0, 1)),
        Same((a, b, c, k) => torch.tril_(a * 2, 1) + torch.triu_(a * 3, diagonal: 1)),
        Same((a, b, c, k) => torch.vander(c.detach()) + torch.vander(c.detach(), 5, increasing: true)),
        Same((a, b, c, k) => torch.hsplit(a, [1, 3])[1] + torch.tensor_split(a, [1, 3], dim: 1)[1] + torch.hsplit(a, (1, 3))[1]),
        Same((a, b, c, k) => torch.vsplit(a, [1, 3])[1] + a.vsplit(2)[1] + torch.tensor_split(a, 2)[0] + torch.tensor_split(a, torch.arange(2, 3)[0])[1]),
        Same((a, b, c, k) => torch.hsplit(a, 5)[1] + torch.dsplit(a.view(1, 2, 10), 2)[0].flatten()[0]),
        Same((a, b, c, k) => torch.block_diag(a, b)),
        Same((a, b, c, k) => torch.ravel(a) + torch.tile(c, [4]) + torch.broadcast_to(c, [4, 5]).flatten()),
        Same((a, b, c, k) => torch.dstack([a, b])[0] * torch.dstack([a, b])[1]),
        Same((a, b, c, k) => torch.vstack([a, b]) + torch.row_stack([a, b])),
        Same((a, b, c, k) => torch.hstack([a, b]) + torch.column_stack([a, b])),
        Same((a, b, c, k) => torch.concat([a, b], 1) + torch.concatenate([a, b], 1)),
        Same((a, b, c, k) => torch.cartesian_prod(c, c)),
        Same((a, b, c, k) => torch.combinations(c, 2)),
        Same((a, b, c, k) => torch.broadcast_tensors(a, c)[1]),
        Same((a, b, c, k) => torch.unflatten(a, 1, [5, 1])),

        // Parts.
        Same((a, b, c, k) => torch.gather(a, 1, k.unsqueeze(1)) + torch.take(a, k) + torch.take_along_dim(a, k.unsqueeze(1), 1)),
        Same((a, b, c, k) => (a * 2).masked_scatter_(a > 0, b)),
        Same((a, b, c, k) => torch.diagonal_scatter(a, c[..4]) + torch.select_scatter(a, c, 0, 2) + torch.slice_scatter(a, b[..2], 0, 1, 3, 1)),
        Same((a, b, c, k) => torch.where(a > 0)[1]),
        Same((a, b, c, k) => torch.argwhere(a > 0)),
        Same((a, b, c, k) => torch.scatter_(a * 2, 1, k.unsqueeze(1), b[.., ..1])),
        Same((a, b, c, k) => (a * 2).index_add_(0, k.clamp(max: 3), b, alpha: 2)),
        Same((a, b, c, k) => torch.isin(k, torch.arange(2))),

        // Matrices.
        Same((a, b, c, k) => torch.addbmm(a, a.view(1, 4, 5), torch.ones(1, 5, 5), beta: 2, alpha: 3) + torch.addmv(a[.., 0], a, c, beta: 1, alpha: 2).unsqueeze(1)),
        Same((a, b, c, k) => torch.addr(a, a[.., 0], c) + (a * 2).addr_(a[.., 0], c) + torch.ger(a[.., 0], c) + torch.addmm(a, a, torch.ones(5, 5), beta: 1, alpha: 2)),
        Same((a, b, c, k) => torch.cholesky_inverse(torch.linalg.cholesky(torch.matmul(b, b.t()) + torch.eye(4)))),
        Same((a, b, c, k) => torch.cholesky_solve(a, torch.linalg.cholesky(torch.matmul(b, b.t()) + torch.eye(4)))),
        Same((a, b, c, k) => torch.logdet(torch.matmul(b, b.t()) + torch.eye(4)) + torch.det(torch.matmul(b, b.t())) + torch.slogdet(torch.matmul(b, b.t()) + torch.eye(4)).Item2),
        Same((a, b, c, k) => torch.matrix_exp(a[.., 1..]) + torch.matrix_power(a[.., 1..], 3) + torch.inverse(torch.matmul(b, b.t()) + torch.eye(4)) + torch.adjoint(a[.., 1..])),
        Same((a, b, c, k) => torch.pinverse(a) + torch.linalg.pinv(a)),
        Same((a, b, c, k) => torch.tensordot(a, b.t(), 1) + torch.chain_matmul(a, b.t())),
        Same((a, b, c, k) => torch.vdot(c, c) + torch.linalg.vecdot(c, c)),
        Same((a, b, c, k) => torch.linalg.cond(a.detach()) + torch.linalg.cond(a[.., ..4].detach(), "fro") + torch.linalg.matrix_norm(a) + torch.linalg.matrix_norm(a, 1) + torch.linalg.norm(a, 1)),
        Same((a, b, c, k) => torch.linalg.cross(a[.., ..3], b[.., ..3]) + torch.linalg.diagonal(torch.ones(4, 3, 3))),
        Same((a, b, c, k) => torch.linalg.inv_ex(torch.matmul(b, b.t()) + torch.eye(4)).Item1 + torch.linalg.cholesky_ex(torch.matmul(b, b.t()) + torch.eye(4)).Item1),
        Same((a, b, c, k) => torch.linalg.lu(a).Item2 + torch.linalg.lu(a[.., ..4]).Item3),
        Same((a, b, c, k) => torch.linalg.lu_factor(a[.., ..4]).Item1 + torch.lu_unpack(torch.linalg.lu_factor(a[.., ..4]).Item1, torch.linalg.lu_factor(a[.., ..4]).Item2).Item3),
        Same((a, b, c, k) => torch.linalg.lstsq(a.t(), b.t()).Item1),
        Same((a, b, c, k) => torch.linalg.solve_triangular(torch.tril(torch.matmul(b, b.t())), a, upper: false)),
        Same((a, b, c, k) => torch.linalg.solve_ex(torch.matmul(b, b.t()) + torch.eye(4), a).Item1 + torch.linalg.ldl_solve(torch.linalg.ldl_factor(torch.matmul(b, b.t()).detach()).Item1, torch.linalg.ldl_factor(torch.matmul(b, b.t()).detach()).Item2, a.detach())),
        Same((a, b, c, k) => torch.linalg.vander(c) + torch.linalg.tensorinv(torch.eye(5), 1)),
        Same((a, b, c, k) => torch.linalg.tensorsolve(torch.eye(5), c, dims: [0]) + torch.linalg.householder_product(torch.eye(5), c)),

        // Fourier transforms.
        Same((a, b, c, k) => torch.view_as_real(torch.fft.fft2(a) + torch.fft.fftn(a) + torch.fft.ifft2(a) + torch.fft.ifftn(a) + torch.fft.fftn(a, dim: [1]))),
        Same((a, b, c, k) => torch.view_as_real(torch.fft.rfft2(a) + torch.fft.rfftn(a) + torch.fft.ihfft(a) + torch.fft.ihfft2(a) + torch.fft.ihfftn(a))),
        Same((a, b, c, k) => torch.fft.irfft2(torch.fft.rfft2(a), [4, 5]) + torch.fft.irfftn(torch.fft.rfftn(a), [4, 5]) + torch.fft.hfft(a, 5) + torch.fft.hfft2(a, [4, 5]) + torch.fft.hfftn(a, [4, 5])),

        // Made from nothing.
        Same((a, b, c, k) => torch.bartlett_window(9) + torch.blackman_window(9, periodic: false) + torch.kaiser_window(9, true, beta: 8)),
        Same((a, b, c, k) => torch.logspace(0, 2, 5) + torch.logspace(0, 2, 5, 2)),
        Same((a, b, c, k) => torch.tril_indices(3, 4) + torch.triu_indices(4, 3, 1)[.., ..1]),
        Same((a, b, c, k) => torch.tensor(torch.promote_types(torch.float16, torch.int64) == torch.float16) & torch.tensor(torch.can_cast(torch.int32, torch.float32)) & torch.tensor(torch.is_tensor(a)) & torch.tensor(torch.is_floating_point(a)) & torch.tensor(torch.result_type(a, k) == torch.float32)),
        Same((a, b, c, k) => a.new_zeros([2, 3]) + a.new_ones(2, 3) + a.new_full([2, 3], 4)),
        Same((a, b, c, k) => torch.normal(a.detach(), b.detach())),
        Same((a, b, c, k) => torch.normal(1.0, 2.0, [3, 4])),
        Same((a, b, c, k) => torch.randint_like(a.detach(), 2, 9)),
        Same((a, b, c, k) => torch.zeros(40).exponential_() + torch.zeros(40).cauchy_() + torch.zeros(40).log_normal_() + torch.zeros(40).geometric_(0.3) + torch.zeros(40).random_(2, 9)),
        Same((a, b, c, k) => torch.poisson(b.detach() * 5) + torch.binomial(torch.ones(4, 5) * 9, b.detach() * 0.5) + torch.zeros(4, 5).bernoulli_(b.detach() * 0.5)),

        // The rest, under each of their names.
        Same((a, b, c, k) => torch.acos(b * 0.5) + torch.asin(b * 0.5) + torch.atan(a) + torch.atan2(a, b) + (b * 0.4).acos() + (b * 0.4).asin() + a.atan() + a.atan2(b)),
        Same((a, b, c, k) => torch.acosh(b + 1) + torch.asinh(a) + torch.atanh(b * 0.5) + (b + 2).acosh() + a.asinh() + (b * 0.3).atanh()),
        Same((a, b, c, k) => torch.acos_(b * 0.5) + torch.asin_(b * 0.5) + torch.atan_(a * 2) + torch.atan2_(a * 2, b)),
        Same((a, b, c, k) => torch.acosh_(b.detach() + 1) + torch.asinh_(a.detach() * 2) + torch.atanh_(b.detach() * 0.5)),
        Same((a, b, c, k) => torch.ceil(a * 3) + torch.ceil_(a * 4) + torch.trunc(a * 3) + torch.trunc_(a * 4) + torch.frac(a) + torch.frac_(a * 2) + torch.floor_(a * 5) + (a * 3).ceil() + (a * 3).trunc() + a.frac()),
        Same((a, b, c, k) => torch.cosh(a) + torch.sinh(a) + torch.tan(a) + torch.cosh_(a * 2) + torch.sinh_(a * 2) + torch.sin_(a * 2) + torch.cos_(a * 2) + torch.tanh_(a * 2) + a.cosh() + a.sinh() + a.tan()),
        Same((a, b, c, k) => torch.tan_(b * 0.5) + (b * 0.4).tan_()),
        Same((a, b, c, k) => torch.exp_(a * 2) + torch.exp2_(a * 2) + torch.expm1_(a * 2) + torch.log_(b * 2) + torch.log2_(b * 2) + torch.log10_(b * 2) + torch.log1p_(b * 2) + torch.sqrt_(b * 2) + torch.rsqrt_(b * 2)),
        Same((a, b, c, k) => torch.reciprocal(b) + torch.reciprocal_(b * 2) + torch.erf_(a * 2) + torch.erfc_(a * 2) + torch.erfinv_(b * 0.3) + torch.lgamma(b) + torch.lgamma_(b * 2) + torch.digamma_(b * 2) + torch.sinc_(a * 2)),
        Same((a, b, c, k) => torch.sgn(a) + torch.sgn_(a * 2) + torch.sign_(a * 2) + torch.neg(a) + torch.neg_(a * 2) + torch.abs_(a * 2) + torch.absolute_(a * 2) + torch.sigmoid_(a * 2)),
        Same((a, b, c, k) => torch.deg2rad(a) + torch.deg2rad_(a * 2) + torch.rad2deg(a) + torch.rad2deg_(a * 2) + torch.angle(a)),
        Same((a, b, c, k) => torch.fmax(a, b) + torch.fmin(a, c) + torch.hypot(a, b) + torch.fmod(a, 0.7) + torch.lerp(a, c, b) + a.lerp(b, c) + torch.mul(a, b) + torch.copysign_(a * 2, b) + torch.subtract_(a * 2, b)),
        Same((a, b, c, k) => torch.floor_divide(a.detach(), b.detach()) + torch.floor_divide_(a.detach() * 2, b.detach()) + a.detach().floor_divide(2)),
        Same((a, b, c, k) => torch.eq(a, c) | (torch.ne(a, b) & torch.ge(a, b)) | a.eq(c) | (a.ne(b) & a.ge(b)) | torch.isinf(a)),
        Same((a, b, c, k) => (a.detach() * 2).eq_(c.detach()) + (a.detach() * 2).ne_(b.detach()) + (a.detach() * 2).ge_(b.detach()) + (a.detach() * 2).gt_(0) + (a.detach() * 2).le_(b.detach()) + (a.detach() * 2).lt_(1) + (a.detach() * 2).less_equal_(b.detach()) + (a.detach() * 2).not_equal_(b.detach())),
        Same((a, b, c, k) => torch.logical_and((a > 0), (b > 1)) | torch.logical_xor((a > 0), (b > 1)) & torch.logical_not((a > 0))),
        Same((a, b, c, k) => (k * 1).logical_and_(k - 1) + (k * 1).logical_or_(k - 2) + (k * 1).logical_xor_(k - 3) + (k * 1).logical_not_()),
        Same((a, b, c, k) => torch.bitwise_and(k, k + 1) + torch.bitwise_or(k, k + 2) + torch.bitwise_xor(k, k + 3) + torch.bitwise_not(k) + torch.bitwise_not_(k + 1)),
        Same((a, b, c, k) => torch.argmin(a, 1).sum() + torch.argmin(a) + torch.count_nonzero((a > 0), [1]) + a.argmin(1)),
        Same((a, b, c, k) => torch.nansum(a) + torch.nanmedian(a) + torch.cummin(a, 1).Item1),
        Same((a, b, c, k) => torch.argsort(a) + torch.argsort(a, 0) + a.argsort(1, descending: true)),
        Same((a, b, c, k) => torch.nonzero(a > 0)),
        Same((a, b, c, k) => torch.masked_select(a, a > 0) + a.masked_select(a > 0)),
        Same((a, b, c, k) => (a * 2).addmm_(a, torch.ones(5, 5)) + torch.addcmul_(a * 2, a, b, value: 0.5) + (a * 2).addbmm_(a.view(1, 4, 5), torch.ones(1, 5, 5)) + (a[.., 0] * 2).addmv_(a, c).unsqueeze(1)),
        Same((a, b, c, k) => torch.bmm(a.view(1, 4, 5), b.view(1, 5, 4)) + a.mm(b.t())),
        Same((a, b, c, k) => torch.diag(c) + torch.diag(torch.ones(5, 5) * c)),
        Same((a, b, c, k) => (b * 2).index_fill_(1, k, 9) + (b * 2).index_copy_(0, torch.arange(2), a[..2]) + (b * 2).scatter_add_(1, k.unsqueeze(1), a[.., ..1]) + (b * 2).masked_fill_(a < 0, 3)),
        Same((a, b, c, k) => torch.ones_like(a) + torch.zeros_like(a) + torch.full_like(a, 3) + torch.rand_like(a.detach()) + torch.randn_like(a.detach()) + torch.empty_like(a.detach()).fill_(2)),
        Same((a, b, c, k) => torch.empty_strided([4, 5], [1, 4]).zero_() + a.new_empty([4, 5]).zero_() + torch.zeros(4, 5).normal_(1, 2) + torch.bernoulli(b.detach() * 0.5)),
        Same((a, b, c, k) => a.view_as(b) + a.type_as(b) + c.expand_as(a) + (a * 2).copy_(b) + a.mT.t() + a.unfold(1, 5, 1).squeeze(1)),
        Same((a, b, c, k) => torch.tensor(a.is_contiguous()) | torch.tensor(torch.is_complex(a)) | torch.tensor(a.t().is_contiguous())),
        Same((a, b, c, k) => torch.tensor(a[1].storage_offset()) + torch.tensor(a.element_size()) + torch.tensor(a.dim()) + torch.tensor(a.ndim)),
        Same((a, b, c, k) => torch.view_as_real(torch.view_as_complex(a.reshape(2, 5, 2)))),
        Same((a, b, c, k) => a.cfloat().real + a.cdouble().real.@float()),
        Same((a, b, c, k) => torch.view_as_real(torch.linalg.eigvals(a[.., ..4].detach()) + torch.linalg.eig(a[.., ..4].detach()).Item1)),
        Same((a, b, c, k) => torch.linalg.eigh(torch.matmul(b, b.t())).Item1 + torch.linalg.svd(a).Item2),
        Same((a, b, c, k) => torch.linalg.multi_dot([a, b.t(), a]) + torch.linalg.lu_solve(torch.linalg.lu_factor(torch.matmul(b, b.t()) + torch.eye(4)).Item1, torch.linalg.lu_factor(torch.matmul(b, b.t()) + torch.eye(4)).Item2, a)),
        Same((a, b, c, k) => torch.lu_solve(a.detach(), torch.linalg.lu_factor(torch.matmul(b, b.t()).detach() + torch.eye(4)).Item1, torch.linalg.lu_factor(torch.matmul(b, b.t()).detach() + torch.eye(4)).Item2)),
        Same((a, b, c, k) => torch.geqrf(a.detach()).Item1 + torch.geqrf(a.detach()).Item2.sum()),
        Same((a, b, c, k) => torch.orgqr(torch.geqrf(a.t().detach()).Item1, torch.geqrf(a.t().detach()).Item2) + torch.ormqr(torch.geqrf(a.t().detach()).Item1, torch.geqrf(a.t().detach()).Item2, torch.ones(5, 4))),
        Same((a, b, c, k) => torch.special.chebyshev_polynomial_v(a.detach(), k[0]) + torch.special.chebyshev_polynomial_w(a.detach(), k[0]) + torch.special.shifted_chebyshev_polynomial_t(b.detach(), k[0]) + torch.special.shifted_chebyshev_polynomial_u(b.detach(), k[0])),
        Same((a, b, c, k) => torch.special.shifted_chebyshev_polynomial_v(b.detach(), k[0]) + torch.special.shifted_chebyshev_polynomial_w(b.detach(), k[0])),
        Same((a, b, c, k) => torch.fft.fftfreq(9, 0.5) + torch.fft.ifftshift(torch.arange(9).@float())),
        Same((a, b, c, k) => torch.nn.init.xavier_uniform_(torch.empty(3, 5)) + torch.nn.init.xavier_normal_(torch.empty(3, 5), gain: 2) + torch.nn.init.constant_(torch.empty(3, 5), 4) + torch.nn.init.eye_(torch.empty(3, 5)) + torch.nn.init.ones_(torch.empty(3, 5)) + torch.nn.init.zeros_(torch.empty(3, 5)) + torch.nn.init.normal_(torch.empty(3, 5), 1, 2)),
        ("torch.nn.init.sparse_(torch.empty(7, 5), 0.3, 0.2)", (a, b, c, k) => nn.init.sparse_(empty(7, 5), 0.3, 0.2)),
        ("torch.nn.init.dirac_(torch.empty(3, 5, 3))", (a, b, c, k) => nn.init.dirac_(empty(3, 5, 3))),
        ("torch.nn.init.dirac_(torch.empty(4, 2, 3, 2))", (a, b, c, k) => nn.init.dirac_(empty(4, 2, 3, 2))),
        ("torch.nn.init.xavier_normal_(torch.empty(3, 5), 2)", (a, b, c, k) => nn.init.glorot_normal_(empty(3, 5), 2)),
        ("torch.nn.init.xavier_uniform_(torch.empty(3, 5))", (a, b, c, k) => nn.init.glorot_uniform_(empty(3, 5))),
    ];

    /// <summary>The expression itself in Python's spelling: keyword arguments, truth values, ranges, places in a tuple.</summary>
    private static (string, Func<Tensor, Tensor, Tensor, Tensor, Tensor>) Same(Func<Tensor, Tensor, Tensor, Tensor, Tensor> here, [CallerArgumentExpression(nameof(here))] string source = "")
    {
        string python = source[(source.IndexOf("=>") + 2)..].Replace("@", "");
        python = Regex.Replace(python, @"\b(\w+): ", "$1=");
        python = Regex.Replace(python, @"\btrue\b", "True");
        python = Regex.Replace(python, @"\bfalse\b", "False");
        python = Regex.Replace(python, @"\.Item(\d)", m => $"[{m.Groups[1].Value[0] - '1'}]");
        python = Regex.Replace(python, @"(?<!\.)(\d*)\.\.(\d*)(?!\.)", "$1:$2");
        python = Regex.Replace(python, @"\btorch\.(\w+_)\(", "torch.Tensor.$1(");
        return (python.Trim(), here);
    }
}
