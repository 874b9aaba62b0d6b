using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests;

/// <summary>Operations against Python's, on the same random inputs: result and gradient.</summary>
public partial class OperationTests
{
    /// <summary>
    /// Runs each expression over a and b, [4, 5], c, [5], and k, class numbers [4]; prints shape and values of the result and,
    /// where it has them, the gradients of the sum of its squares by a, b and c.
    /// </summary>
    private const string Peer = """
        import sys, json, torch
        import torch.nn.functional as F
        answers = []
        for seed, expression in enumerate(json.loads(sys.argv[1])):
            torch.manual_seed(seed)
            a = torch.randn(4, 5).requires_grad_()
            b = (torch.rand(4, 5) + 0.5).requires_grad_()
            c = torch.randn(5).requires_grad_()
            k = torch.randint(0, 5, (4,))
            try: r = eval(expression)
            except Exception as e: sys.exit(f"{expression}: {e}")
            answer = {"shape": list(r.shape), "dtype": str(r.dtype), "values": r.double().flatten().tolist()}
            if r.requires_grad:
                (r * r).sum().backward()
                answer["grads"] = [None if t.grad is None else t.grad.double().flatten().tolist() for t in (a, b, c)]
            answers.append(answer)
        print(json.dumps(answers))
        """;

    private static readonly (string python, Func<Tensor, Tensor, Tensor, Tensor, Tensor> here)[] cases =
    [
        ("a + b", (a, b, c, k) => a + b),
        ("a - 2", (a, b, c, k) => a - 2),
        ("3 - a", (a, b, c, k) => 3 - a),
        ("a * c", (a, b, c, k) => a * c),
        ("a / b", (a, b, c, k) => a / b),
        ("2.5 / b", (a, b, c, k) => 2.5 / b),
        ("a % 0.7", (a, b, c, k) => a % 0.7),
        ("-a", (a, b, c, k) => -a),
        ("torch.add(a, b, alpha=0.3)", (a, b, c, k) => a.add(b, 0.3)),
        ("b ** 1.5", (a, b, c, k) => b.pow(1.5)),
        ("b ** a", (a, b, c, k) => b.pow(a)),
        ("a.div(b, rounding_mode='floor')", (a, b, c, k) => a.div(b, RoundingMode.floor)),
        ("a.abs()", (a, b, c, k) => a.abs()),
        ("a.exp()", (a, b, c, k) => a.exp()),
        ("b.log()", (a, b, c, k) => b.log()),
        ("b.log1p()", (a, b, c, k) => b.log1p()),
        ("b.sqrt()", (a, b, c, k) => b.sqrt()),
        ("b.rsqrt()", (a, b, c, k) => b.rsqrt()),
        ("a.sin() + a.cos() + a.tanh() + a.sigmoid() + a.erf()", (a, b, c, k) => a.sin() + a.cos() + a.tanh() + a.sigmoid() + a.erf()),
        ("a.relu()", (a, b, c, k) => a.relu()),
        ("a.clamp(-0.5, 0.5)", (a, b, c, k) => a.clamp(-0.5, 0.5)),
        ("a.round(decimals=1).detach()", (a, b, c, k) => a.round(1).detach()),
        ("torch.maximum(a, b)", (a, b, c, k) => maximum(a, b)),
        ("torch.where(a > 0, a, b)", (a, b, c, k) => where(a > 0, a, b)),
        ("(a > 0) & ~(b < 1)", (a, b, c, k) => (a > 0) & ~(b < 1)),
        ("a.sum()", (a, b, c, k) => a.sum()),
        ("a.sum(1, keepdim=True)", (a, b, c, k) => a.sum(1, keepdim: true)),
        ("a.mean()", (a, b, c, k) => a.mean()),
        ("a.mean([0, 1])", (a, b, c, k) => a.mean([0, 1])),
        ("a.std(1)", (a, b, c, k) => a.std(1)),
        ("a.var()", (a, b, c, k) => a.var()),
        ("a.max()", (a, b, c, k) => a.max()),
        ("a.max(1)[0]", (a, b, c, k) => a.max(1).values),
        ("a.max(1)[1]", (a, b, c, k) => a.max(1).indexes),
        ("a.argmax(1)", (a, b, c, k) => a.argmax(1)),
        ("a.sort(1, descending=True)[1]", (a, b, c, k) => a.sort(1, descending: true).Indices),
        ("a.topk(2)[0]", (a, b, c, k) => a.topk(2).values),
        ("a.cumsum(0)", (a, b, c, k) => a.cumsum(0)),
        ("a.norm()", (a, b, c, k) => a.norm()),
        ("b.prod(1)", (a, b, c, k) => b.prod(1)),
        ("a.logsumexp(1)", (a, b, c, k) => a.logsumexp(1)),
        ("a.softmax(1)", (a, b, c, k) => a.softmax(1)),
        ("a.log_softmax(0)", (a, b, c, k) => a.log_softmax(0)),
        ("a.quantile(torch.tensor([0.25, 0.5]), dim=1)", (a, b, c, k) => a.quantile(tensor([0.25f, 0.5f]), dim: 1)),
        ("k.bincount(minlength=5)", (a, b, c, k) => k.bincount(null, 5)),
        ("a.view(2, 10)", (a, b, c, k) => a.view(2, 10)),
        ("a.t().reshape(-1)", (a, b, c, k) => a.t().reshape(-1)),
        ("a.unsqueeze(1).expand(4, 3, 5)", (a, b, c, k) => a.unsqueeze(1).expand(4, 3, 5)),
        ("a.reshape(2, 2, 5).permute(2, 0, 1)", (a, b, c, k) => a.reshape(2, 2, 5).permute(2, 0, 1)),
        ("a.unflatten(0, (2, 2)).squeeze(-1).transpose(0, 2)", (a, b, c, k) => a.unflatten(0, 2, 2).squeeze(-1).transpose(0, 2)),
        ("a.repeat(2, 1).flip(0)", (a, b, c, k) => a.repeat(2, 1).flip(0)),
        ("torch.cat([a, b], 1)", (a, b, c, k) => cat([a, b], 1)),
        ("torch.stack([a, b, a])", (a, b, c, k) => stack([a, b, a])),
        ("a.split(2, 1)[1]", (a, b, c, k) => a.split(2, 1)[1]),
        ("a.split([1, 3])[1]", (a, b, c, k) => a.split([1, 3])[1]),
        ("a.chunk(3, 1)[2]", (a, b, c, k) => a.chunk(3, 1)[2]),
        ("a.unbind(1)[3]", (a, b, c, k) => a.unbind(1)[3]),
        ("a[1]", (a, b, c, k) => a[1]),
        ("a[1, -1]", (a, b, c, k) => a[1, -1]),
        ("a[1:3, ::2]", (a, b, c, k) => a[TensorIndex.Slice(1, 3), TensorIndex.Slice(step: 2)]),
        ("a[..., 1:]", (a, b, c, k) => a[TensorIndex.Ellipsis, 1..]),
        ("a[:-1, None]", (a, b, c, k) => a[..^1, TensorIndex.None]),
        ("a[-2:]", (a, b, c, k) => a[TensorIndex.Slice(-2)]),
        ("a[k.clamp(max=3)]", (a, b, c, k) => a[k.clamp(max: 3)]),
        ("a[:, k]", (a, b, c, k) => a[TensorIndex.Colon, TensorIndex.Tensor(k)]),
        ("a[torch.arange(4), k]", (a, b, c, k) => a[arange(4), k]),
        ("a[a > 0]", (a, b, c, k) => a[a > 0]),
        ("a[1:, 2, None]", (a, b, c, k) => a[1.., 2, TensorIndex.None]),
        ("a.index_select(1, k)", (a, b, c, k) => a.index_select(1, k)),
        ("a.gather(1, k.unsqueeze(1))", (a, b, c, k) => a.gather(1, k.unsqueeze(1))),
        ("a.masked_fill(a < 0, 3)", (a, b, c, k) => a.masked_fill(a < 0, 3)),
        ("a.tril(1)", (a, b, c, k) => a.tril(1)),
        ("a @ b.t()", (a, b, c, k) => a.matmul(b.t())),
        ("a.mv(c)", (a, b, c, k) => a.mv(c)),
        ("c.dot(c)", (a, b, c, k) => c.dot(c)),
        ("torch.einsum('ij,kj->ik', a, b)", (a, b, c, k) => einsum("ij,kj->ik", a, b)),
        ("F.linear(a, b, c[:4])", (a, b, c, k) => nn.functional.linear(a, b, c[..4])),
        ("F.dropout(a, 0.3)", (a, b, c, k) => nn.functional.dropout(a, 0.3)),
        ("F.binary_cross_entropy(a.sigmoid(), (b > 1).float())", (a, b, c, k) => nn.functional.binary_cross_entropy(a.sigmoid(), (b > 1).@float())),
        ("F.binary_cross_entropy_with_logits(a, (b > 1).float(), pos_weight=c.detach().exp())", (a, b, c, k) => nn.functional.binary_cross_entropy_with_logits(a, (b > 1).@float(), pos_weights: c.detach().exp())),
        ("F.cross_entropy(a, k)", (a, b, c, k) => nn.functional.cross_entropy(a, k)),
        ("F.cross_entropy(a, k, weight=c.detach().exp(), reduction='sum', label_smoothing=0.1)", (a, b, c, k) => nn.functional.cross_entropy(a, k, c.detach().exp(), reduction: nn.Reduction.Sum, label_smoothing: 0.1)),
        ("F.mse_loss(a, b, reduction='none')", (a, b, c, k) => nn.functional.mse_loss(a, b, nn.Reduction.None)),
        ("F.one_hot(k, 6)", (a, b, c, k) => nn.functional.one_hot(k, 6)),
        ("torch.arange(1, 2, 0.3)", (a, b, c, k) => arange(1, 2, 0.3)),
        ("torch.arange(5)", (a, b, c, k) => arange(5)),
        ("torch.linspace(0, 1, 7)", (a, b, c, k) => linspace(0, 1, 7)),
        ("torch.full((2, 3), 1.5)", (a, b, c, k) => full(2, 3, 1.5)),
        ("torch.eye(3)", (a, b, c, k) => eye(3)),
        ("torch.randperm(9)", (a, b, c, k) => randperm(9)),
        ("torch.randint(3, 9, (2, 3))", (a, b, c, k) => randint(3, 9, [2, 3])),
        ("torch.rand(3, dtype=torch.float64)", (a, b, c, k) => rand(3, float64)),
        ("torch.randn(20).uniform_(-1, 2)", (a, b, c, k) => randn(20).uniform_(-1, 2)),
        ("b.detach().multinomial(2)", (a, b, c, k) => b.detach().multinomial(2)),
        ("torch.tensor([[1, 2], [3, 4]])", (a, b, c, k) => from_array(new long[,] { { 1, 2 }, { 3, 4 } })),
        ("torch.tensor([[[1.5], [2.5]]])", (a, b, c, k) => tensor(new float[,,] { { { 1.5f }, { 2.5f } } })),
        ("torch.tensor([1.5, 2.5])", (a, b, c, k) => tensor([1.5f, 2.5f])),
        ("a.to(torch.float64)", (a, b, c, k) => a.to(float64)),
        ("a.half().float()", (a, b, c, k) => a.half().@float()),
        ("a.long()", (a, b, c, k) => a.@long()),
        ("k.unique(return_inverse=True, return_counts=True)[0]", (a, b, c, k) => k.unique(return_inverse: true, return_counts: true).output),
        ("k.unique(return_inverse=True)[1]", (a, b, c, k) => k.unique(return_inverse: true).inverse_indices!),
        ("k.unique_consecutive(return_counts=True)[1]", (a, b, c, k) => k.unique_consecutive(return_counts: true).counts!),
        ("a.kthvalue(2, 1)[0]", (a, b, c, k) => a.kthvalue(2, 1).values),
        ("k.mode()[0]", (a, b, c, k) => k.mode().values),
        ("a.cummax(1)[0]", (a, b, c, k) => a.cummax(1).values),
        ("torch.std_mean(a)[0] + torch.std_mean(a)[1]", (a, b, c, k) => a.std_mean().std + a.std_mean().mean),
        ("a.nanmean(1)", (a, b, c, k) => a.nanmean(1)),
        ("a.detach().histc(6, -2, 2)", (a, b, c, k) => a.detach().histc(6, -2, 2)),
        ("a.diff(dim=0)", (a, b, c, k) => a.diff(dim: 0)),
        ("b.clamp(0.1, 0.9).logit()", (a, b, c, k) => b.clamp(0.1, 0.9).logit()),
        ("torch.isin(k, torch.tensor([0, 3]))", (a, b, c, k) => k.isin(tensor([0L, 3L]))),
        ("torch.searchsorted(torch.tensor([-1., 0., 1.]), a.detach())", (a, b, c, k) => searchsorted(tensor([-1f, 0f, 1f]), a.detach())),
        ("torch.bucketize(a.detach(), torch.tensor([-1., 0., 1.]), right=True)", (a, b, c, k) => bucketize(a.detach(), tensor([-1f, 0f, 1f]), right: true)),
        ("torch.zeros(5, 5).scatter(1, k[:, None], a[:, :1])", (a, b, c, k) => zeros(5, 5).scatter(1, k[TensorIndex.Colon, TensorIndex.None], a[TensorIndex.Colon, ..1])),
        ("torch.zeros(4, 5).scatter_add(1, k[:, None].expand(4, 5), a)", (a, b, c, k) => zeros(4, 5).scatter_add(1, k[TensorIndex.Colon, TensorIndex.None].expand(4, 5), a)),
        ("b.index_add(1, k, a[:, :4], alpha=2)", (a, b, c, k) => b.index_add(1, k, a[TensorIndex.Colon, ..4], 2)),
        ("b.index_copy(0, torch.tensor([2, 0]), a[:2])", (a, b, c, k) => b.index_copy(0, tensor([2L, 0L]), a[..2])),
        ("b.index_fill(1, k, 9)", (a, b, c, k) => b.index_fill(1, k, 9)),
        ("b.masked_scatter(a > 0, a)", (a, b, c, k) => b.masked_scatter(a > 0, a)),
        ("a.take_along_dim(k[:, None], 1)", (a, b, c, k) => a.take_along_dim(k[TensorIndex.Colon, TensorIndex.None], 1)),
        ("a.as_strided((2, 3), (1, 2), 1)", (a, b, c, k) => a.as_strided([2, 3], [1, 2], 1)),
        ("a.tensor_split(3, 1)[1]", (a, b, c, k) => a.tensor_split(3, 1)[1]),
        ("torch.meshgrid(a[0], c, indexing='xy')[0]", (a, b, c, k) => meshgrid([a[0], c], "xy")[0]),
        ("torch.view_as_real(torch.fft.rfft(a, 8))", (a, b, c, k) => fft.rfft(a, 8).view_as_real()),
        ("torch.fft.irfft(torch.fft.rfft(a, norm='ortho'), 5, norm='ortho')", (a, b, c, k) => fft.irfft(fft.rfft(a, norm: FFTNormType.Ortho), 5, norm: FFTNormType.Ortho)),
        ("torch.view_as_real(torch.fft.ifft(torch.fft.fft(a, dim=0), dim=0))", (a, b, c, k) => fft.ifft(fft.fft_(a, dim: 0), dim: 0).view_as_real()),
        ("torch.fft.fftshift(torch.fft.rfftfreq(9, 0.5))", (a, b, c, k) => fft.fftshift(fft.rfftfreq(9, 0.5))),
        ("torch.view_as_real(torch.stft(a.reshape(-1), 8, 3, window=torch.hann_window(8), return_complex=True))", (a, b, c, k) => stft(a.reshape(-1), 8, 3, window: hann_window(8), return_complex: true).view_as_real()),
        ("torch.istft(torch.stft(a.reshape(2, -1), 4, 1, window=torch.hamming_window(4), return_complex=True), 4, 1, window=torch.hamming_window(4))", (a, b, c, k) => istft(stft(a.reshape(2, -1), 4, 1, window: hamming_window(4), return_complex: true), 4, 1, window: hamming_window(4))),
        ("torch.linalg.det(a[:, :4])", (a, b, c, k) => linalg.det(a[TensorIndex.Colon, ..4])),
        ("torch.linalg.inv(b @ b.t() + torch.eye(4))", (a, b, c, k) => linalg.inv(b.matmul(b.t()) + eye(4))),
        ("torch.linalg.solve(b @ b.t() + torch.eye(4), a)", (a, b, c, k) => linalg.solve(b.matmul(b.t()) + eye(4), a)),
        ("torch.linalg.cholesky(b @ b.t() + torch.eye(4))", (a, b, c, k) => linalg.cholesky(b.matmul(b.t()) + eye(4))),
        ("torch.linalg.svdvals(a)", (a, b, c, k) => linalg.svdvals(a)),
        ("torch.linalg.eigvalsh(a @ a.t())", (a, b, c, k) => linalg.eigvalsh(a.matmul(a.t()))),
        ("torch.linalg.qr(a.t())[1]", (a, b, c, k) => linalg.qr(a.t()).Item2),
        ("torch.linalg.norm(a, 1)", (a, b, c, k) => linalg.norm(a, 1.0)),
        ("torch.linalg.norm(a, 'fro')", (a, b, c, k) => linalg.norm(a, "fro")),
        ("torch.linalg.vector_norm(a, 3, dim=1)", (a, b, c, k) => linalg.vector_norm(a, 3, [1])),
        ("torch.linalg.matrix_rank(a.detach())", (a, b, c, k) => linalg.matrix_rank(a.detach())),
        ("torch.inner(a, b)", (a, b, c, k) => inner(a, b)),
        ("torch.kron(a, c)", (a, b, c, k) => kron(a, c)),
        ("torch.tensordot(a, b, ([0], [0]))", (a, b, c, k) => tensordot(a, b, [0], [0])),
        ("torch.baddbmm(a[None], a[None, :, :4], b[None], beta=0.5)", (a, b, c, k) => baddbmm(a[TensorIndex.None], a[TensorIndex.None, TensorIndex.Colon, ..4], b[TensorIndex.None], 0.5f)),
        ("torch.cov(a)", (a, b, c, k) => cov(a)),
        ("torch.corrcoef(a)", (a, b, c, k) => corrcoef(a)),
        ("F.pad(a, (1, 2, 0, 1), value=3)", (a, b, c, k) => nn.functional.pad(a, (1, 2, 0, 1), value: 3)),
        ("F.pad(a[None], (2, 1), mode='reflect')", (a, b, c, k) => nn.functional.pad(a[TensorIndex.None], (2, 1), PaddingModes.Reflect)),
        ("F.interpolate(a[None], 7, mode='linear', align_corners=True)", (a, b, c, k) => nn.functional.interpolate(a[TensorIndex.None], [7], mode: InterpolationMode.Linear, align_corners: true)),
        ("F.interpolate(a[None, None], scale_factor=(2, 1.5), mode='bicubic')", (a, b, c, k) => nn.functional.interpolate(a[TensorIndex.None, TensorIndex.None], scale_factor: [2, 1.5], mode: InterpolationMode.Bicubic)),
        ("F.interpolate(a[None, None], (2, 3), mode='area')", (a, b, c, k) => nn.functional.interpolate(a[TensorIndex.None, TensorIndex.None], [2, 3], mode: InterpolationMode.Area)),
        ("F.normalize(a, dim=1)", (a, b, c, k) => nn.functional.normalize(a, dim: 1)),
        ("F.cosine_similarity(a, b)", (a, b, c, k) => nn.functional.cosine_similarity(a, b)),
        ("F.softmin(a, 1) + F.tanhshrink(a) + F.hardshrink(a) + F.softshrink(a) + F.threshold(a, 0.1, 2)", (a, b, c, k) => nn.functional.softmin(a, 1) + nn.functional.tanhshrink(a) + nn.functional.hardshrink(a) + nn.functional.softshrink(a) + nn.functional.threshold(a, 0.1, 2)),
        ("F.celu(a) + F.celu(a, 0.5) + F.elu(a) + F.elu(a, 0.5)", (a, b, c, k) => a.celu() + a.celu(0.5) + a.elu() + a.elu(0.5)),
        ("F.celu_(a * 2) + F.celu_(a * 2, 0.5) + F.elu_(a * 2) + F.elu_(a * 2, 0.5)", (a, b, c, k) => (a * 2).celu_() + (a * 2).celu_(0.5) + (a * 2).elu_() + (a * 2).elu_(0.5)),
        ("F.gelu(a) + F.gelu(a, approximate='tanh') + F.leaky_relu(a, 0.2) + F.leaky_relu_(a * 2, 0.2) + F.hardtanh(a, -0.5, 0.6) + F.hardtanh_(a * 2, -0.5, 0.6)", (a, b, c, k) => a.gelu() + a.gelu(TorchSharp.Modules.GELU.Approximate.tanh) + a.leaky_relu(0.2) + (a * 2).leaky_relu_(0.2) + a.hardtanh(-0.5, 0.6) + (a * 2).hardtanh_(-0.5, 0.6)),
        ("F.gelu(a * 2) + F.glu(a.repeat(1, 2)) + F.rrelu(a, 0.2, 0.2) + F.rrelu_(a * 2) + F.softplus(a) + F.softplus(a, 2, 1)", (a, b, c, k) => (a * 2).gelu_() + a.repeat(1, 2).glu() + a.rrelu(0.2, 0.2) + (a * 2).rrelu_() + a.softplus() + a.softplus(2, 1)),
        ("F.threshold(a, 0.1, 2) + F.threshold_(a * 2, 0.1, 2) + F.logsigmoid(a) + F.prelu(a, c)", (a, b, c, k) => a.threshold(0.1, 2) + (a * 2).threshold_(0.1, 2) + a.log_sigmoid() + a.prelu(c)),
        ("F.conv3d(a.view(1, 1, 2, 2, 5), b.view(2, 1, 1, 2, 5), c[:2], (1, 1, 2), (0, 1, 2))", (a, b, c, k) => nn.functional.conv3d(a.view(1, 1, 2, 2, 5), b.view(2, 1, 1, 2, 5), c[..2], [1, 1, 2], [0, 1, 2])),
        ("F.conv1d(a[None], b[None, :, :3], padding='same', dilation=2)", (a, b, c, k) => nn.functional.conv1d_padding(a[TensorIndex.None], b[TensorIndex.None, TensorIndex.Colon, ..3], padding: Padding.Same, dilation: 2)),
        ("F.conv2d(a.view(1, 1, 4, 5), b.view(1, 2, 2, 5).transpose(0, 1), padding='valid')", (a, b, c, k) => nn.functional.conv2d_padding(a.view(1, 1, 4, 5), b.view(1, 2, 2, 5).transpose(0, 1))),
        ("F.conv3d(a.view(1, 1, 2, 2, 5), b.view(4, 1, 1, 1, 5), padding='same')", (a, b, c, k) => nn.functional.conv3d_padding(a.view(1, 1, 2, 2, 5), b.view(4, 1, 1, 1, 5), padding: Padding.Same)),
        ("F.conv_transpose1d(a[None], b.view(4, 1, 5), c[:1], 2, 1, 1)", (a, b, c, k) => nn.functional.conv_transpose1d(a[TensorIndex.None], b.view(4, 1, 5), c[..1], 2, 1, 1)),
        ("F.conv_transpose3d(a.view(1, 1, 2, 2, 5), b.view(1, 2, 1, 2, 5), c[:2], (1, 2, 1))", (a, b, c, k) => nn.functional.conv_transpose3d(a.view(1, 1, 2, 2, 5), b.view(1, 2, 1, 2, 5), c[..2], [1, 2, 1])),
        ("F.max_pool3d(a.view(1, 2, 2, 5), (1, 2, 2), return_indices=True)[1]", (a, b, c, k) => nn.functional.max_pool3d_with_indices(a.view(1, 2, 2, 5), [1, 2, 2]).indices),
        ("F.adaptive_max_pool1d(a, 2, return_indices=True)[1]", (a, b, c, k) => nn.functional.adaptive_max_pool1d_with_indices(a, 2).indices),
        ("F.adaptive_max_pool2d(a[None], 2, return_indices=True)[1]", (a, b, c, k) => nn.functional.adaptive_max_pool2d_with_indices(a[TensorIndex.None], [2, 2]).indices),
        ("F.adaptive_max_pool3d(a.view(1, 2, 2, 5), (1, 2, 3), return_indices=True)[1]", (a, b, c, k) => nn.functional.adaptive_max_pool3d_with_indices(a.view(1, 2, 2, 5), [1, 2, 3]).indices),
        ("F.adaptive_avg_pool3d(a.view(1, 2, 2, 5), 2)", (a, b, c, k) => nn.functional.adaptive_avg_pool3d(a.view(1, 2, 2, 5), 2)),
        ("F.grid_sample(a.view(1, 1, 4, 5), F.affine_grid(b[None, :2, :3], (1, 1, 3, 4), align_corners=False), padding_mode='border', align_corners=True)", (a, b, c, k) => nn.functional.grid_sample(a.view(1, 1, 4, 5), nn.functional.affine_grid(b[TensorIndex.None, ..2, ..3], [1, 1, 3, 4]), padding_mode: GridSamplePaddingMode.Border, align_corners: true)),
        ("F.grid_sample(a.view(1, 1, 4, 5), b[:, :2].view(1, 2, 2, 2) - 1, mode='nearest', padding_mode='reflection', align_corners=False)", (a, b, c, k) => nn.functional.grid_sample(a.view(1, 1, 4, 5), b[TensorIndex.Colon, ..2].view(1, 2, 2, 2) - 1, GridSampleMode.Nearest, GridSamplePaddingMode.Reflection)),
        ("F.pad(a, (2, 2), value=0.5)", (a, b, c, k) => nn.functional.pad(a, 2, value: 0.5)),
        ("F.upsample(a[None], scale_factor=2)", (a, b, c, k) => nn.functional.upsample(a[TensorIndex.None], scale_factor: [2])),
        ("F.upsample(a[None, None], (3, 7), mode='bilinear', align_corners=True)", (a, b, c, k) => nn.functional.upsample(a[TensorIndex.None, TensorIndex.None], [3, 7], mode: UpsampleMode.Bilinear, align_corners: true)),
        ("(a @ b.t() / 5 ** 0.5).softmax(-1) @ b", (a, b, c, k) => nn.functional.scaled_dot_product_attention(a, b, b)),
        ("(a @ b.t() / 5 ** 0.5 + (a - b).abs().mean(1)).softmax(-1) @ b", (a, b, c, k) => nn.functional.scaled_dot_product_attention(a, b, b, (a - b).abs().mean([1]))),
        ("(a @ b.t() / 5 ** 0.5).masked_fill(torch.ones(4, 4).triu(1) > 0, -float('inf')).softmax(-1) @ b", (a, b, c, k) => nn.functional.scaled_dot_product_attention(a, b, b, is_casual: true)),
        ("F.dropout((a @ b.t() / 5 ** 0.5).softmax(-1), 0.4) @ b", (a, b, c, k) => nn.functional.scaled_dot_product_attention(a, b, b, p: 0.4)),
        ("F.multilabel_soft_margin_loss(a, (b > 1).float(), weight=c.detach().exp())", (a, b, c, k) => nn.MultiLabelSoftMarginLoss(c.detach().exp()).call(a, (b > 1).@float())),
        ("F.multi_margin_loss(a, k, weight=c.detach().exp(), reduction='sum')", (a, b, c, k) => nn.MultiMarginLoss(weight: c.detach().exp(), reduction: nn.Reduction.Sum).call(a, k)),
        ("F.relu6(a * 4) + F.selu(a) + F.silu(a) + F.hardsigmoid(a) + F.hardswish(a) + F.mish(a)", (a, b, c, k) => (a * 4).relu6() + a.selu() + a.silu() + a.hardsigmoid() + a.hardswish() + nn.functional.mish(a)),
        ("F.relu6(a * 4) + F.selu(a * 2) + F.silu(a * 2) + F.hardsigmoid(a * 2) + F.hardswish(a * 2) + F.relu(a * 2)", (a, b, c, k) => (a * 4).relu6_() + (a * 2).selu_() + (a * 2).silu_() + (a * 2).hardsigmoid_() + (a * 2).hardswish_() + (a * 2).relu_()),
        ("torch.nn.init.kaiming_normal_(torch.empty(4, 3, 2), mode='fan_out', nonlinearity='relu')", (a, b, c, k) => nn.init.kaiming_normal_(empty(4, 3, 2), mode: nn.init.FanInOut.FanOut, nonlinearity: nn.init.NonlinearityType.ReLU)),
        ("torch.nn.init.kaiming_uniform_(torch.empty(4, 3, 2), 0.3)", (a, b, c, k) => nn.init.kaiming_uniform_(empty(4, 3, 2), 0.3)),
        ("torch.tensor([torch.nn.init.calculate_gain(n) for n in ('linear', 'conv1d', 'conv2d', 'conv3d', 'conv_transpose1d', 'conv_transpose2d', 'conv_transpose3d', 'sigmoid', 'tanh', 'relu', 'leaky_relu')] + [torch.nn.init.calculate_gain('leaky_relu', 0.3)])", (a, b, c, k) => tensor(
            [.. new[] { nn.init.NonlinearityType.Linear, nn.init.NonlinearityType.Conv1D, nn.init.NonlinearityType.Conv2D, nn.init.NonlinearityType.Conv3D, nn.init.NonlinearityType.ConvTranspose1D, nn.init.NonlinearityType.ConvTranspose2D, nn.init.NonlinearityType.ConvTranspose3D, nn.init.NonlinearityType.Sigmoid, nn.init.NonlinearityType.Tanh, nn.init.NonlinearityType.ReLU, nn.init.NonlinearityType.LeakyReLU }
                .Select(n => (float)nn.init.calculate_gain(n, 0.01)), (float)nn.init.calculate_gain(nn.init.NonlinearityType.LeakyReLU, 0.3)])),
        ("F.binary_cross_entropy_with_logits(a, (b > 1).float(), weight=b.detach(), reduction='sum')", (a, b, c, k) => nn.BCEWithLogitsLoss(b.detach(), nn.Reduction.Sum).call(a, (b > 1).@float())),
        ("F.cross_entropy(a, k, ignore_index=2)", (a, b, c, k) => nn.CrossEntropyLoss(ignore_index: 2).call(a, k)),
        ("F.embedding(k, a.detach().t(), padding_idx=0)", (a, b, c, k) => nn.Embedding_from_pretrained(a.detach().t(), padding_idx: 0).call(k)),
        ("F.max_pool1d(a, 2, return_indices=True)[1] + F.max_pool2d(a[None], (1, 2), return_indices=True)[1][0]", (a, b, c, k) => nn.functional.max_pool1d_with_indices(a, 2).indices + nn.functional.max_pool2d_with_indices(a[TensorIndex.None], [1, 2]).indices[0]),
        ("F.interpolate(a.view(1, 1, 2, 2, 5), (3, 4, 6), mode='trilinear') + F.interpolate(a.view(1, 1, 2, 2, 5), (3, 4, 6), mode='nearest-exact') + F.interpolate(a.view(1, 1, 2, 2, 5), (3, 4, 6), mode='area')", (a, b, c, k) => nn.functional.interpolate(a.view(1, 1, 2, 2, 5), [3, 4, 6], mode: InterpolationMode.Trilinear) + nn.functional.interpolate(a.view(1, 1, 2, 2, 5), [3, 4, 6], mode: InterpolationMode.NearestExact) + nn.functional.interpolate(a.view(1, 1, 2, 2, 5), [3, 4, 6], mode: InterpolationMode.Area)),
        ("a.div(b, rounding_mode='trunc')", (a, b, c, k) => a.div(b, RoundingMode.trunc)),
        ("torch.linalg.qr(a, 'complete')[1] + torch.linalg.qr(a, 'reduced')[1]", (a, b, c, k) => linalg.qr(a, linalg.QRMode.Complete).Item2 + linalg.qr(a, linalg.QRMode.Reduced).Item2),
        ("torch.fft.ifft(torch.fft.fft(a, norm='forward'), norm='forward').real + torch.fft.ifft(torch.fft.fft(a, norm='backward'), norm='backward').real", (a, b, c, k) => fft.ifft(fft.fft_(a, norm: FFTNormType.Forward), norm: FFTNormType.Forward).real + fft.ifft(fft.fft_(a, norm: FFTNormType.Backward), norm: FFTNormType.Backward).real),
        ("torch.cdist(a, b, compute_mode='donot_use_mm_for_euclid_dist') + torch.cdist(a, b, compute_mode='use_mm_for_euclid_dist')", (a, b, c, k) => cdist(a, b, 2, compute_mode.donot_use_mm_for_euclid_dist) + cdist(a, b, 2, compute_mode.use_mm_for_euclid_dist)),
        ("F.rrelu(a) + F.rrelu(a * 2, 0.1, 0.2, inplace=True)", (a, b, c, k) => nn.functional.rrelu(a) + nn.functional.rrelu(a * 2, 0.1, 0.2, true)),
        ("F.alpha_dropout(a * 2, 0.3, True, True) + F.feature_alpha_dropout(a * 2, 0.3, True, True)", (a, b, c, k) => nn.functional.alpha_dropout(a * 2, 0.3, true, true) + nn.functional.feature_alpha_dropout(a * 2, 0.3, true, true)),
        ("torch.channel_shuffle(a.detach().view(1, 4, 5), 2)", (a, b, c, k) => a.detach().view(1, 4, 5).channel_shuffle(2)),
        ("torch.index_reduce(a.detach(), 0, k.clamp(max=3), b.detach(), 'amax')", (a, b, c, k) => index_reduce(a.detach(), 0, k.clamp(max: 3), b.detach(), Reduce.amax)),
        ("torch.gradient(a, dim=1)[0]", (a, b, c, k) => gradient(a, dim: 1).First()),
        ("torch.gradient(a, spacing=2, dim=(0, 1))[1]", (a, b, c, k) => gradient(a, 2, dims: [0, 1]).Last()),
        ("torch.polar(b, a).conj().real + torch.polar(b, a).imag", (a, b, c, k) => polar(b, a).conj().real + polar(b, a).imag),
        ("(torch.complex(a, b) * (1 + 2j) + 3j).abs()", (a, b, c, k) => (complex(a, b) * new System.Numerics.Complex(1, 2) + (0f, 3f)).abs()),
        ("torch.view_as_real(torch.tensor([1 + 2j, 3 - 1j]))", (a, b, c, k) => tensor([(1f, 2f), (3f, -1f)]).view_as_real()),
        ("torch.view_as_real(torch.tensor([[1 + 2j], [3 - 1j]], dtype=torch.complex128))", (a, b, c, k) => tensor(new System.Numerics.Complex[] { new(1, 2), new(3, -1) }, [2, 1]).view_as_real()),
        ("torch.tensor([1.1, -2.7, 3e38, 1e-40], dtype=torch.bfloat16).float()", (a, b, c, k) => tensor([new BFloat16(1.1f), new BFloat16(-2.7f), new BFloat16(3e38f), new BFloat16(1e-40f)]).@float()),
        ("torch.as_tensor([[1, 2], [3, 4]], dtype=torch.float64)", (a, b, c, k) => as_tensor(new[,] { { 1, 2 }, { 3, 4 } }, float64)),
        ("torch.nn.init.orthogonal_(torch.empty(3, 5))", (a, b, c, k) => nn.init.orthogonal_(empty(3, 5))),
        ("torch.nn.init.trunc_normal_(torch.empty(3, 5))", (a, b, c, k) => nn.init.trunc_normal_(empty(3, 5))),
    ];

    [Fact]
    public void AgreeWithPythonInResultAndGradient()
    {
        (string python, Func<Tensor, Tensor, Tensor, Tensor, Tensor> here)[] all = [.. cases, .. same];
        JsonElement[] answers = [.. JsonDocument.Parse(Python.Run(Peer, JsonSerializer.Serialize(all.Select(c => c.python)))).RootElement.EnumerateArray()];
        var failures = new List<string>();
        for (int i = 0; i < all.Length; i++)
        {
            try { Compare(all[i].here, i, answers[i]); }
            catch (Exception e) { failures.Add($"{all[i].python}: {e.Message}"); }
        }
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static void Compare(Func<Tensor, Tensor, Tensor, Tensor, Tensor> here, int seed, JsonElement expected)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(seed);
        Tensor a = randn(4, 5).requires_grad_(), b = (rand(4, 5) + 0.5).requires_grad_(), c = randn(5).requires_grad_(), k = randint(0, 5, [4]);
        Tensor r = here(a, b, c, k);
        Assert.True(Numbers(expected.GetProperty("shape")).SequenceEqual(r.shape.Select(s => (double)s)), $"shape [{string.Join(", ", r.shape)}]");
        Assert.Equal(expected.GetProperty("dtype").GetString(), DtypeName(r.dtype));
        AssertClose("result", Numbers(expected.GetProperty("values")), r);
        Assert.True(expected.TryGetProperty("grads", out JsonElement grads) == r.requires_grad, $"requires_grad is {r.requires_grad}");
        if (!r.requires_grad) return;
        (r * r).sum().backward();
        foreach ((Tensor leaf, JsonElement gradient) in new[] { a, b, c }.Zip(grads.EnumerateArray()))
        {
            if (gradient.ValueKind == JsonValueKind.Null) Assert.True(leaf.grad is null, "it has a gradient");
            else AssertClose("gradient", Numbers(gradient), leaf.grad!);
        }
    }

    [Fact]
    public void AssignmentThroughAnIndexChangesTheTensor()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = zeros(3, 4);
        x[0] = ones(4);
        x[1, 2] = tensor(5f);
        x[TensorIndex.Slice(2), 1..3] = tensor([7f, 8f]);
        x.index_put_(9, TensorIndex.Single(2), TensorIndex.Single(0));
        x[x == 5] = tensor(6f);
        Assert.Equal([1, 1, 1, 1, 0, 0, 6, 0, 9, 7, 8, 0], x.data<float>());
        // More dimensions than the place has, all but the last of size 1.
        x[0] = full([1, 1, 4], 2f);
        x[tensor([1L, 2])] = full([1, 1, 1, 4], 3f);
        x[1] = ones(4, 4)[TensorIndex.Slice(0, 1)].t()[TensorIndex.Slice(0, 1)];
        Assert.Equal([2, 2, 2, 2, 1, 1, 1, 1, 3, 3, 3, 3], x.data<float>());
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => x[0] = ones(2, 4));
    }

    [Fact]
    public void AScalarsGradientMayBeNull()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2).requires_grad_();
        autograd.backward([x.sum(), x.prod()], [null!, tensor(3f)]);
        Assert.Equal([4f, 4], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void ElementsOfEveryTypeComeBack()
    {
        using DisposeScope scope = NewDisposeScope();
        Comes(tensor([(Half)1.5, (Half)(-2)]), float16, (Half)1.5, (Half)(-2));
        Comes(tensor([new BFloat16(1.5f), new BFloat16(-2)]), bfloat16, new BFloat16(1.5f), new BFloat16(-2));
        Comes(tensor([1.5f, -2]), float32, 1.5f, -2f);
        Comes(tensor([1.5, -2]), float64, 1.5, -2.0);
        Comes(tensor([(byte)1, (byte)255]), uint8, (byte)1, (byte)255);
        Comes(tensor([(sbyte)1, (sbyte)-2]), int8, (sbyte)1, (sbyte)-2);
        Comes(tensor([(short)1, (short)-2]), int16, (short)1, (short)-2);
        Comes(tensor([1, -2]), int32, 1, -2);
        Comes(tensor([1L, -2]), int64, 1L, -2L);
        Comes(tensor([true, false]), torch.@bool, true, false);
        Comes(tensor([(1f, 2f), (3f, -1f)]), complex64, (1f, 2f), (3f, -1f));
        Comes(tensor([new System.Numerics.Complex(1, 2), new(3, -1)]), complex128, new System.Numerics.Complex(1, 2), new(3, -1));

        static void Comes<T>(Tensor tensor, ScalarType type, params T[] values) where T : unmanaged
        {
            Assert.Equal(type, tensor.dtype);
            Assert.Equal(values, tensor.data<T>().ToArray());
            Assert.Equal(values[1], tensor[1].item<T>());
        }
    }

    [Fact]
    public void GradOfTwoOrdersAndUnusedInputs()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(3.0).requires_grad_(), unused = tensor(1.0).requires_grad_();
        Tensor first = autograd.grad([x.pow(3)], [x], create_graph: true)[0];
        Assert.Equal(27.0, first.item<double>());
        Assert.Equal(18.0, autograd.grad([first], [x])[0].item<double>());
        IList<Tensor> grads = autograd.grad([x * 2], [x, unused], allow_unused: true);
        Assert.Equal(2.0, grads[0].item<double>());
        Assert.True(grads[1].IsInvalid);
        Assert.True(x.grad is null);
    }

    [Fact]
    public void NothingIsRecordedWithoutGrad()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2).requires_grad_();
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            using (enable_grad()) Assert.True((x * 2).requires_grad);
            Assert.False((x * 2).requires_grad);
        }
        using (inference_mode()) Assert.False((x * 2).requires_grad);
        Assert.True((x * 2).requires_grad);
    }

    [Fact]
    public void TheRandomStateIsTakenAndGivenBack()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(11);
        Assert.Equal(11, torch.random.initial_seed());
        Tensor state = get_rng_state(), first = rand(5);
        _ = rand(3);
        set_rng_state(state);
        Assert.True(rand(5).Equals(first));
    }

    [Fact]
    public void ThreadsAndDevicesAreCounted()
    {
        int threads = get_num_threads();
        set_num_threads(1);
        Assert.Equal(1, get_num_threads());
        set_num_threads(threads);
        Assert.Equal(threads, get_num_threads());
        Assert.Equal(cuda.device_count() > 0, cuda.is_available());
        if (cuda.is_available()) cuda.synchronize();
        else Assert.Contains("CUDA", Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => cuda.synchronize()).Message);
    }

    [Fact]
    public void GradientsOfATensorThatIsNoLeafAreKeptWhereAsked()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor leaf = ones(2).requires_grad_(), middle = leaf * 3;
        Assert.Equal((true, false), (leaf.is_leaf, middle.is_leaf));
        middle.retain_grad();
        middle.pow(2).sum().backward();
        Assert.Equal([6f, 6], middle.grad!.data<float>());
        Assert.Equal([18f, 18], leaf.grad!.data<float>());
        Assert.False((leaf * 2).detach_().requires_grad);
    }

    [Fact]
    public void AGeneratorOfItsOwnRepeatsItself()
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(5);
        Tensor first = rand(4, generator: generator), state = generator.get_state(), second = rand(4, generator: generator);
        Assert.True(rand(4, generator: generator.manual_seed(5)).Equals(first));
        generator.set_state(state);
        Assert.True(rand(4, generator: generator).Equals(second));
    }

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetDouble())];

    private static string DtypeName(ScalarType type) => "torch." + (type == ScalarType.Byte ? "uint8" : type.ToString().ToLowerInvariant());

    private static void AssertClose(string what, double[] expected, Tensor actual)
    {
        double[] values = actual.detach().to(float64).flatten().data<double>().ToArray();
        double largest = Math.Max(expected.Select(Math.Abs).DefaultIfEmpty().Max(), 1e-30);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - values[i]) <= 1e-6 * largest, $"{what}: {values[i]:R} at {i}, {expected[i]:R} in Python");
    }
}
