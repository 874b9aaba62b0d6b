namespace TorchSharp;

public static partial class torch
{
    /// <summary>Linear algebra, on the last two dimensions.</summary>
    public static partial class linalg
    {
        public enum QRMode { Reduced, Complete, R }

        public static Tensor det(Tensor input) => Aten.Call("linalg_det", input);
        public static Tensor inv(Tensor input) => Aten.Call("linalg_inv", input);
        public static Tensor pinv(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) => Aten.Call("linalg_pinv.atol_rtol_float", input, atol, rtol, hermitian);
        public static Tensor solve(Tensor A, Tensor B, bool left = true) => Aten.Call("linalg_solve", A, B, left);
        public static Tensor cholesky(Tensor input) => Aten.Call("linalg_cholesky", input);
        public static Tensor svdvals(Tensor input) => Aten.Call("linalg_svdvals", input);
        public static Tensor eigvalsh(Tensor input, char UPLO = 'L') => Aten.Call("linalg_eigvalsh", input, UPLO.ToString());
        public static Tensor matrix_exp(Tensor input) => Aten.Call("linalg_matrix_exp", input);
        public static Tensor matrix_rank(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) => Aten.Call("linalg_matrix_rank.atol_rtol_float", input, atol, rtol, hermitian);
        public static Tensor multi_dot(IList<Tensor> tensors) => Aten.Call("linalg_multi_dot", tensors.ToArray());
        public static Tensor norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) => Aten.Call("linalg_norm", input, ord, dims, keepdim);
        public static Tensor norm(Tensor input, string ord, long[]? dims = null, bool keepdim = false) => Aten.Call("linalg_norm.ord_str", input, ord, dims, keepdim);
        public static Tensor norm(Tensor input, long[]? dims = null, bool keepdim = false) => Aten.Call("linalg_norm", input, null as double?, dims, keepdim);
        public static Tensor vector_norm(Tensor input, double ord = 2, long[]? dims = null, bool keepdim = false) => Aten.Call("linalg_vector_norm", input, ord, dims, keepdim);
        public static (Tensor, Tensor) slogdet(Tensor input) => Aten.Call2("linalg_slogdet", input);
        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => Aten.Call2("linalg_eigh", input, UPLO.ToString());
        public static (Tensor, Tensor) eig(Tensor input) => Aten.Call2("linalg_eig", input);
        public static (Tensor, Tensor) qr(Tensor input, QRMode mode = QRMode.Reduced) => Aten.Call2("linalg_qr", input, mode.ToString().ToLowerInvariant());
        public static (Tensor, Tensor, Tensor) svd(Tensor input, bool fullMatrices = true) => Aten.Call3("linalg_svd", input, fullMatrices);
        public static (Tensor, Tensor) cholesky_ex(Tensor input, bool check_errors = false) => Aten.Call2("linalg_cholesky_ex", input, false, check_errors);
        public static Tensor cond(Tensor input) => Aten.Call("linalg_cond", input);
        public static Tensor cond(Tensor input, double p) => Aten.Call("linalg_cond", input, p);
        public static Tensor cond(Tensor input, int p) => Aten.Call("linalg_cond", input, p);
        public static Tensor cond(Tensor input, string p) => Aten.Call("linalg_cond.p_str", input, p);
        public static Tensor cross(Tensor input, Tensor other, long dim = -1) => Aten.Call("linalg_cross", input, other, dim);
        public static Tensor diagonal(Tensor input, int offset = 0, int dim1 = -2, int dim2 = -1) => Aten.Call("linalg_diagonal", input, offset, dim1, dim2);
        public static Tensor eigvals(Tensor input) => Aten.Call("linalg_eigvals", input);
        public static Tensor householder_product(Tensor A, Tensor tau) => Aten.Call("linalg_householder_product", A, tau);
        public static (Tensor, Tensor) inv_ex(Tensor input, bool check_errors = false) => Aten.Call2("linalg_inv_ex", input, check_errors);
        public static (Tensor, Tensor) ldl_factor(Tensor input, bool hermitian = false) => Aten.Call2("linalg_ldl_factor", input, hermitian);
        public static (Tensor, Tensor, Tensor) ldl_factor_ex(Tensor input, bool hermitian = false, bool check_errors = false) => Aten.Call3("linalg_ldl_factor_ex", input, hermitian, check_errors);
        public static Tensor ldl_solve(Tensor LD, Tensor pivots, Tensor B, bool hermitian = false) => Aten.Call("linalg_ldl_solve", LD, pivots, B, hermitian);
        public static (Tensor, Tensor, Tensor) lu(Tensor input, bool pivot = true) => Aten.Call3("linalg_lu", input, pivot);
        public static (Tensor, Tensor) lu_factor(Tensor input, bool pivot = true) => Aten.Call2("linalg_lu_factor", input, pivot);
        public static Tensor lu_solve(Tensor LU, Tensor pivots, Tensor B, bool left = true, bool adjoint = false, Tensor? @out = null) => Aten.CallInto(@out, "linalg_lu_solve", LU, pivots, B, left, adjoint);
        public static Tensor matrix_norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) => Aten.Call("linalg_matrix_norm", input, ord, dims ?? [-2, -1], keepdim);
        public static Tensor matrix_norm(Tensor input, string ord = "fro", long[]? dims = null, bool keepdim = false) => Aten.Call("linalg_matrix_norm.str_ord", input, ord, dims ?? [-2, -1], keepdim);
        public static Tensor matrix_rank(Tensor input, Tensor atol, Tensor? rtol = null, bool hermitian = false) => Aten.Call("linalg_matrix_rank.atol_rtol_tensor", input, atol, rtol, hermitian);
        public static Tensor norm(Tensor input, int ord, long[]? dims = null, bool keepdim = false) => Aten.Call("linalg_norm", input, ord, dims, keepdim);
        public static Tensor pinv(Tensor input, Tensor atol, Tensor? rtol = null, bool hermitian = false) => Aten.Call("linalg_pinv.atol_rtol_tensor", input, atol, rtol, hermitian);
        public static (Tensor, Tensor) solve_ex(Tensor A, Tensor B, bool left = true, bool check_errors = false) => Aten.Call2("linalg_solve_ex", A, B, left, check_errors);
        public static Tensor solve_triangular(Tensor A, Tensor B, bool upper, bool left = true, bool unitriangular = false, Tensor? @out = null) => Aten.CallInto(@out, "linalg_solve_triangular", A, B, upper, left, unitriangular);
        public static Tensor tensorinv(Tensor input, long ind) => Aten.Call("linalg_tensorinv", input, ind);
        public static Tensor tensorsolve(Tensor A, Tensor B, long[] dims) => Aten.Call("linalg_tensorsolve", A, B, dims);
        public static Tensor vander(Tensor input, long? N = null) => Aten.Call("linalg_vander", input, N);
        public static Tensor vecdot(Tensor x, Tensor y, long dim = -1, Tensor? @out = null) => Aten.CallInto(@out, "linalg_vecdot", x, y, dim);

        /// <summary>Least squares by the QR decomposition, or on a CPU by the pivoted one: the solution, its residuals, the rank of A and its singular values, the last two where computed.</summary>
        public static (Tensor Solution, Tensor Residuals, Tensor Rank, Tensor SingularValues) lstsq(Tensor input, Tensor other) => Aten.Call4("linalg_lstsq", input, other);

        /// <inheritdoc cref="lstsq(Tensor, Tensor)"/>
        public static (Tensor Solution, Tensor Residuals, Tensor Rank, Tensor SingularValues) lstsq(Tensor input, Tensor other, double rcond) => Aten.Call4("linalg_lstsq", input, other, rcond);
    }

    public partial class Tensor
    {
        public Tensor inner(Tensor vec2) => Aten.Call("inner", this, vec2);
        public Tensor kron(Tensor other) => Aten.Call("kron", this, other);
        public Tensor det() => Aten.Call("det", this);
        public Tensor inverse() => Aten.Call("inverse", this);
        public Tensor matrix_power(int n) => Aten.Call("matrix_power", this, n);
        public Tensor addmv(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => Aten.Call("addmv", this, mat, vec, beta, alpha);
        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Aten.Call("baddbmm", this, batch1, batch2, beta, alpha);
        public Tensor tensordot(Tensor b, long[] dims1, long[] dims2) => Aten.Call("tensordot", this, b, dims1, dims2);
        public Tensor addbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Aten.Call("addbmm", this, batch1, batch2, beta, alpha);
        public Tensor addbmm_(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => InPlace("addbmm_", batch1, batch2, beta, alpha);
        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => InPlace("addmm_", mat1, mat2, beta, alpha);
        public Tensor addmv_(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => InPlace("addmv_", mat, vec, beta, alpha);
        public Tensor addr(Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => Aten.Call("addr", this, vec1, vec2, beta, alpha);
        public Tensor addr_(Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => InPlace("addr_", vec1, vec2, beta, alpha);
        public Tensor cholesky(bool upper = false) => Aten.Call("cholesky", this, upper);
        public Tensor cholesky_inverse(bool upper = false) => Aten.Call("cholesky_inverse", this, upper);
        public Tensor cholesky_solve(Tensor input2, bool upper = false) => Aten.Call("cholesky_solve", this, input2, upper);
        public Tensor corrcoef() => Aten.Call("corrcoef", this);
        public Tensor cov(long correction = 1, Tensor? fweights = null, Tensor? aweights = null) => Aten.Call("cov", this, correction, fweights, aweights);
        public (Tensor, Tensor) geqrf() => Aten.Call2("geqrf", this);
        public Tensor ger(Tensor vec2) => Aten.Call("ger", this, vec2);
        public Tensor logdet() => Aten.Call("logdet", this);
        public Tensor matrix_exp() => Aten.Call("matrix_exp", this);
        public Tensor ormqr(Tensor tau, Tensor other, bool left = true, bool transpose = false) => Aten.Call("ormqr", this, tau, other, left, transpose);
        public Tensor pinverse(double rcond = 1e-15, bool hermitian = false) => Aten.Call("linalg_pinv", this, rcond, hermitian);
        public Tensor tensordot(Tensor b, long dims = 2) => tensordot(b, [.. Enumerable.Range(0, (int)dims).Select(d => dim() - dims + d)], [.. Enumerable.Range(0, (int)dims).Select(d => (long)d)]);
        public Tensor tensordot(Tensor b, params (long, long)[] dims) => tensordot(b, [.. dims.Select(d => d.Item1)], [.. dims.Select(d => d.Item2)]);
        public Tensor vdot(Tensor target) => Aten.Call("vdot", this, target);
    }

    public static Tensor inner(Tensor input, Tensor vec2) => input.inner(vec2);
    public static Tensor kron(Tensor input, Tensor other) => input.kron(other);
    public static Tensor trace(Tensor input) => input.trace();
    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.addmm(mat1, mat2, beta, alpha);
    public static Tensor baddbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => input.baddbmm(batch1, batch2, beta, alpha);
    public static Tensor tensordot(Tensor a, Tensor b, long[] dims1, long[] dims2) => a.tensordot(b, dims1, dims2);
    public static Tensor cov(Tensor input, long correction = 1, Tensor? fweights = null, Tensor? aweights = null) => Aten.Call("cov", input, correction, fweights, aweights);
    public static Tensor corrcoef(Tensor input) => Aten.Call("corrcoef", input);
    public static Tensor addbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => input.addbmm(batch1, batch2, beta, alpha);
    public static Tensor addbmm_(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => input.addbmm_(batch1, batch2, beta, alpha);
    public static Tensor addmm_(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.addmm_(mat1, mat2, beta, alpha);
    public static Tensor addmv(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.addmv(mat1, mat2, beta, alpha);
    public static Tensor addmv_(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.addmv_(mat1, mat2, beta, alpha);
    public static Tensor addr(Tensor input, Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => input.addr(vec1, vec2, beta, alpha);
    public static Tensor addr_(Tensor input, Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => input.addr_(vec1, vec2, beta, alpha);
    public static Tensor cholesky(Tensor input, bool upper) => input.cholesky(upper);
    public static Tensor cholesky_inverse(Tensor input, bool upper = false) => input.cholesky_inverse(upper);
    public static Tensor cholesky_solve(Tensor input, Tensor input2, bool upper = false) => input.cholesky_solve(input2, upper);
    public static (Tensor, Tensor) geqrf(Tensor input) => input.geqrf();
    public static Tensor ger(Tensor input, Tensor vec2) => input.ger(vec2);
    public static Tensor inverse(Tensor input) => input.inverse();
    public static Tensor logdet(Tensor input) => input.logdet();
    public static Tensor matrix_exp(Tensor input) => input.matrix_exp();
    public static Tensor matrix_power(Tensor input, int n) => input.matrix_power(n);
    public static Tensor ormqr(Tensor input, Tensor tau, Tensor other, bool left = true, bool transpose = false) => input.ormqr(tau, other, left, transpose);
    public static Tensor pinverse(Tensor input, double rcond = 1e-15, bool hermitian = false) => input.pinverse(rcond, hermitian);
    public static Tensor tensordot(Tensor a, Tensor b, long dims = 2) => a.tensordot(b, dims);
    public static Tensor tensordot(Tensor a, Tensor b, params (long, long)[] dims) => a.tensordot(b, dims);
    public static Tensor vdot(Tensor input, Tensor target) => input.vdot(target);

    public static Tensor det(Tensor input) => input.det();
    public static Tensor chain_matmul(params Tensor[] matrices) => Aten.Call("chain_matmul", matrices);
    public static (Tensor sign, Tensor logabsdet) slogdet(Tensor A) => Aten.Call2("slogdet", A);
    public static Tensor cholesky(Tensor input) => input.cholesky();
    public static Tensor orgqr(Tensor input, Tensor tau) => Aten.Call("orgqr", input, tau);
    public static Tensor lu_solve(Tensor b, Tensor LU_data, Tensor LU_pivots) => Aten.Call("lu_solve", b, LU_data, LU_pivots);

    /// <summary>Permutation, lower and upper triangle of what <see cref="linalg.lu_factor"/> returns.</summary>
    public static (Tensor P, Tensor A_L, Tensor A_U) lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data = true, bool unpack_pivots = true) => Aten.Call3("lu_unpack", LU_data, LU_pivots, unpack_data, unpack_pivots);
}
