"""Calls of PyTorch and JAX, each with what NumPy says for the same, after PyTorch's documentation.

`library_spelling` has the names in them. PyTorch itself is not needed.
"""

PAIRS = """
torch.sum(A) -> np.sum(A)
torch.sum(A, 0) -> np.sum(A, axis=0)
torch.sum(A, dim=0, keepdim=True) -> np.sum(A, axis=0, keepdims=True)
torch.sum(A, 1, True) -> np.sum(A, axis=1, keepdims=True)
torch.sum(T, dim=(0, 2)) -> np.sum(T, axis=(0, 2))
torch.sum(T, dim=[0, 2]) -> np.sum(T, axis=(0, 2))
torch.sum(A, axis=0, keepdims=True) -> np.sum(A, axis=0, keepdims=True)
torch.sum(input=A, dim=1) -> np.sum(A, axis=1)
torch.sum(A, dtype=torch.float64) -> np.sum(A)
torch.mean(A) -> np.mean(A)
torch.mean(A, dim=0) -> np.mean(A, axis=0)
torch.prod(A, 0) -> np.prod(A, axis=0)
torch.nansum(A, dim=0) -> np.nansum(A, axis=0)
torch.amax(A, dim=1) -> np.max(A, axis=1)
torch.amin(A, dim=1, keepdim=True) -> np.min(A, axis=1, keepdims=True)
torch.all(mask, dim=0) -> np.all(mask, axis=0)
torch.any(mask) -> np.any(mask)
torch.max(A) -> np.max(A)
torch.max(A, 1) -> (np.max(A, axis=1), np.argmax(A, axis=1))
torch.max(A, dim=1, keepdim=True) -> (np.max(A, axis=1, keepdims=True), np.argmax(A, axis=1, keepdims=True))
torch.max(A, B) -> np.maximum(A, B)
torch.max(A, other=B) -> np.maximum(A, B)
torch.min(A) -> np.min(A)
torch.min(A, 0) -> (np.min(A, axis=0), np.argmin(A, axis=0))
torch.argmax(A) -> np.argmax(A)
torch.argmax(A, dim=1) -> np.argmax(A, axis=1)
torch.argmin(A, 0, keepdim=True) -> np.argmin(A, axis=0, keepdims=True)
torch.var(A) -> np.var(A, ddof=1)
torch.var(A, dim=0) -> np.var(A, axis=0, ddof=1)
torch.var(A, 0, False) -> np.var(A, axis=0)
torch.var(A, dim=0, unbiased=False, keepdim=True) -> np.var(A, axis=0, keepdims=True)
torch.var(A, dim=0, correction=0) -> np.var(A, axis=0)
torch.var(A, False) -> np.var(A)
torch.std(A, 0) -> np.std(A, axis=0, ddof=1)
torch.std(A, unbiased=False) -> np.std(A)
torch.cumsum(A, 0) -> np.cumsum(A, axis=0)
torch.cumsum(A, dim=1) -> np.cumsum(A, axis=1)
torch.cumprod(A, dim=1) -> np.cumprod(A, axis=1)
torch.count_nonzero(I, dim=0) -> np.count_nonzero(I, axis=0)
torch.norm(A) -> np.sqrt(np.sum(A * A))
torch.norm(A, dim=1) -> np.sqrt(np.sum(A * A, axis=1))
torch.norm(A, p=1) -> np.sum(np.abs(A))
torch.norm(A, 2, 1, True) -> np.sqrt(np.sum(A * A, axis=1, keepdims=True))
torch.norm(A, 3) -> np.sum(np.abs(A) ** 3) ** (1 / 3)
torch.norm(A, p=float("inf")) -> np.max(np.abs(A))
torch.logsumexp(A, dim=1) -> np.log(np.sum(np.exp(A), axis=1))
torch.logsumexp(A, 1, keepdim=True) -> np.log(np.sum(np.exp(A), axis=1, keepdims=True))
torch.softmax(A, dim=1) -> np.exp(A) / np.sum(np.exp(A), axis=1, keepdims=True)
torch.log_softmax(A, -1) -> A - np.log(np.sum(np.exp(A), axis=-1, keepdims=True))
torch.add(A, B) -> A + B
torch.add(A, B, alpha=2) -> A + 2 * B
torch.add(A, other=1.0) -> A + 1.0
torch.sub(A, B, alpha=0.5) -> A - 0.5 * B
torch.subtract(A, B) -> A - B
torch.mul(A, B) -> A * B
torch.multiply(A, R) -> A * R
torch.div(A, B) -> A / B
torch.div(I, J) -> I / J
torch.div(I, J, rounding_mode="floor") -> np.floor_divide(I, J)
torch.div(I, J, rounding_mode="trunc") -> np.trunc(I / J)
torch.divide(A, 2) -> A / 2
torch.true_divide(I, J) -> I / J
torch.floor_divide(I, J) -> np.floor_divide(I, J)
torch.remainder(I, J) -> np.remainder(I, J)
torch.fmod(I, J) -> np.fmod(I, J)
torch.pow(A, 2) -> A ** 2
torch.pow(input=A, exponent=3) -> A ** 3
torch.neg(A) -> -A
torch.sgn(A) -> np.sign(A)
torch.fix(A) -> np.trunc(A)
torch.gt(A, B) -> A > B
torch.ge(A, 0) -> A >= 0
torch.lt(A, B) -> A < B
torch.le(A, B) -> A <= B
torch.eq(I, J) -> I == J
torch.ne(I, J) -> I != J
torch.bitwise_and(mask, mask) -> mask & mask
torch.bitwise_or(mask, ~mask) -> mask | ~mask
torch.bitwise_not(mask) -> ~mask
torch.clamp(A, 0, 1) -> np.clip(A, 0, 1)
torch.clamp(A, min=0) -> np.maximum(A, 0)
torch.clamp(A, max=0.5) -> np.minimum(A, 0.5)
torch.clamp(A, min=R) -> np.maximum(A, R)
torch.clip(A, -1, 1) -> np.clip(A, -1, 1)
torch.masked_fill(A, mask, 0) -> np.where(mask, 0.0, A)
torch.rsqrt(P) -> 1 / np.sqrt(P)
torch.sigmoid(A) -> 1 / (1 + np.exp(-A))
torch.relu(A) -> np.maximum(A, 0)
torch.erf(A) -> np.vectorize(math.erf)(A)
torch.erfc(A) -> np.vectorize(math.erfc)(A)
torch.xlogy(P, Q) -> P * np.log(Q)
torch.logit(P) -> np.log(P / (1 - P))
torch.round(A) -> np.round(A)
torch.round(A, decimals=2) -> np.round(A, 2)
torch.where(A > 0, A, B) -> np.where(A > 0, A, B)
torch.where(A > 0, 1.0, 0.0) -> np.where(A > 0, 1.0, 0.0)
torch.where(mask) -> np.where(mask)
torch.matmul(A, M) -> A @ M
torch.matmul(T, U) -> T @ U
torch.mm(A, M) -> A @ M
torch.mm(A, mat2=M) -> A @ M
torch.mm(A, v) -> 1 / 0
torch.mm(T, U) -> 1 / 0
torch.bmm(T, U) -> T @ U
torch.bmm(A, M) -> 1 / 0
torch.mv(A, v) -> A @ v
torch.mv(A, M) -> 1 / 0
torch.dot(v, w) -> v @ w
torch.dot(A, M) -> 1 / 0
torch.vdot(v, w) -> v @ w
torch.outer(v, u) -> np.outer(v, u)
torch.outer(A, v) -> 1 / 0
torch.ger(v, u) -> np.outer(v, u)
torch.inner(v, w) -> np.inner(v, w)
torch.kron(A, M) -> np.kron(A, M)
torch.trace(S) -> np.trace(S)
torch.addmm(C, A, M) -> C + A @ M
torch.addmm(C, A, M, beta=0.5, alpha=2) -> 0.5 * C + 2 * (A @ M)
torch.inverse(S) -> np.linalg.inv(S)
torch.det(S) -> np.linalg.det(S)
torch.matrix_power(S, 2) -> np.linalg.matrix_power(S, 2)
torch.einsum("ij,jk->ik", A, M) -> np.einsum("ij,jk->ik", A, M)
torch.einsum("ij,jk->ik", [A, M]) -> np.einsum("ij,jk->ik", A, M)
torch.tensordot(A, M, dims=1) -> np.tensordot(A, M, 1)
torch.tensordot(A, B, dims=([0], [0])) -> np.tensordot(A, B, ([0], [0]))
torch.cross(three, three[::-1].copy(), dim=1) -> np.cross(three, three[::-1])
torch.linalg.norm(A) -> np.linalg.norm(A)
torch.linalg.inv(S) -> np.linalg.inv(S)
torch.linalg.det(S) -> np.linalg.det(S)
torch.linalg.solve(S, v) -> np.linalg.solve(S, v)
torch.linalg.slogdet(S) -> np.linalg.slogdet(S)
torch.t(A) -> A.T
torch.t(v) -> v
torch.t(T) -> 1 / 0
torch.transpose(A, 0, 1) -> A.T
torch.transpose(T, 1, 2) -> np.swapaxes(T, 1, 2)
torch.transpose(T, dim0=0, dim1=-1) -> np.swapaxes(T, 0, 2)
torch.swapaxes(T, 0, 1) -> np.swapaxes(T, 0, 1)
torch.swapdims(T, 0, 1) -> np.swapaxes(T, 0, 1)
torch.permute(T, (2, 0, 1)) -> np.transpose(T, (2, 0, 1))
torch.unsqueeze(v, 0) -> v[None]
torch.unsqueeze(v, dim=1) -> v[:, None]
torch.unsqueeze(A, -1) -> A[..., None]
torch.squeeze(R) -> R[0]
torch.squeeze(R, 0) -> R[0]
torch.squeeze(A, 0) -> A
torch.reshape(A, (n, m)) -> A.reshape(n, m)
torch.reshape(A, (-1,)) -> A.reshape(-1)
torch.flatten(T) -> T.reshape(-1)
torch.flatten(T, 1) -> T.reshape(2, -1)
torch.flatten(T, start_dim=0, end_dim=1) -> T.reshape(2 * m, n)
torch.ravel(A) -> A.reshape(-1)
torch.tile(v, (2, 2)) -> np.tile(v, (2, 2))
torch.repeat_interleave(v, 2) -> np.repeat(v, 2)
torch.repeat_interleave(A, 2, dim=0) -> np.repeat(A, 2, axis=0)
torch.split(v, 2) -> tuple(np.split(v, range(2, n, 2)))
torch.split(T, 1) -> (T[:1], T[1:])
torch.split(A, [1, m - 1]) -> (A[:1], A[1:])
torch.split(A, [1, m]) -> 1 / 0
torch.chunk(T, 2, dim=0) -> (T[:1], T[1:])
torch.unbind(A) -> tuple(A)
torch.unbind(A, dim=1) -> tuple(A.T)
torch.flip(A, [0]) -> A[::-1]
torch.flip(A, dims=(0, 1)) -> A[::-1, ::-1]
torch.roll(v, 1) -> np.roll(v, 1)
torch.roll(A, shifts=1, dims=0) -> np.roll(A, 1, axis=0)
torch.movedim(T, 0, -1) -> np.moveaxis(T, 0, -1)
torch.moveaxis(T, 0, 1) -> np.moveaxis(T, 0, 1)
torch.broadcast_to(R, (m, n)) -> np.broadcast_to(R, (m, n))
torch.diag(v) -> np.diag(v)
torch.diag(S) -> np.diag(S)
torch.diagonal(S) -> np.diag(S)
torch.tril(S) -> np.tril(S)
torch.tril(S, diagonal=-1) -> np.tril(S, -1)
torch.triu(S, 1) -> np.triu(S, 1)
torch.clone(A) -> A.copy()
torch.numel(A) -> A.size
torch.sort(v) -> (np.sort(v), np.argsort(v))
torch.sort(A, dim=0, descending=True) -> (-np.sort(-A, axis=0), np.argsort(-A, axis=0))
torch.argsort(A) -> np.argsort(A, axis=-1)
torch.argsort(A, dim=0) -> np.argsort(A, axis=0)
torch.gather(A, 1, y[:, None]) -> A[np.arange(m), y][:, None]
torch.gather(A, dim=1, index=y[:, None]) -> A[np.arange(m), y][:, None]
torch.index_select(A, 0, i) -> A[i]
torch.masked_select(A, mask) -> A[mask]
torch.nonzero(I) -> np.argwhere(I)
torch.cat([A, B]) -> np.concatenate([A, B])
torch.cat((A, B), dim=1) -> np.concatenate([A, B], axis=1)
torch.cat((A, B), 1) -> np.concatenate([A, B], axis=1)
torch.concat([A, B], axis=0) -> np.concatenate([A, B])
torch.concatenate([A, B]) -> np.concatenate([A, B])
torch.stack([A, B]) -> np.stack([A, B])
torch.stack([A, B], dim=1) -> np.stack([A, B], axis=1)
torch.hstack([A, B]) -> np.hstack([A, B])
torch.vstack([A, B]) -> np.vstack([A, B])
torch.zeros(2, 3) -> np.zeros((2, 3))
torch.zeros((2, 3)) -> np.zeros((2, 3))
torch.zeros(m, n, dtype=torch.float64) -> np.zeros((m, n))
torch.zeros(A.shape) -> np.zeros(A.shape)
torch.zeros(3, dtype=torch.long) -> np.zeros(3, int)
torch.zeros(3, dtype=torch.bool) -> np.zeros(3, bool)
torch.zeros(3, dtype=torch.int32) -> np.zeros(3, np.int32)
torch.zeros(3, dtype=torch.int64) -> np.zeros(3, np.int64)
torch.zeros(3, dtype=torch.int) -> np.zeros(3, np.int32)
torch.zeros(3, dtype=torch.uint8) -> np.zeros(3, np.uint8)
torch.zeros(3, dtype=torch.float) -> np.zeros(3)
torch.zeros(3, dtype=torch.float32) -> np.zeros(3)
torch.zeros(3, dtype=torch.double, requires_grad=True) -> np.zeros(3)
torch.ones(2, 2) -> np.ones((2, 2))
torch.empty(2, 2) -> np.full((2, 2), np.nan)
torch.full((2, 3), 7.0) -> np.full((2, 3), 7.0)
torch.full(size=(2, 3), fill_value=1.0, requires_grad=False) -> np.ones((2, 3))
torch.zeros_like(A) -> np.zeros_like(A)
torch.zeros_like(A, requires_grad=True) -> np.zeros_like(A)
torch.ones_like(A) -> np.ones_like(A)
torch.empty_like(A) -> np.full_like(A, np.nan)
torch.full_like(A, 2.0) -> np.full_like(A, 2.0)
torch.eye(3) -> np.eye(3)
torch.eye(2, 3) -> np.eye(2, 3)
torch.arange(5) -> np.arange(5)
torch.arange(1, 6, 2) -> np.arange(1, 6, 2)
torch.arange(start=1, end=4) -> np.arange(1, 4)
torch.arange(5, dtype=torch.float) -> np.arange(5, dtype=float)
torch.linspace(0, 1, 5) -> np.linspace(0, 1, 5)
torch.linspace(0, 1, steps=5) -> np.linspace(0, 1, 5)
torch.tensor([1.0, 2]) -> np.array([1.0, 2])
torch.tensor([1, 2]) -> np.array([1, 2])
torch.tensor(A, requires_grad=True) -> A.copy()
torch.tensor(3.0, dtype=torch.float32) -> np.array(3.0)
torch.as_tensor([1.0, 2]) -> np.array([1.0, 2])
torch.from_numpy(A) -> A
torch.allclose(A, A) -> True
torch.allclose(A, A + 1) -> False
torch.isclose(A, B) -> np.isclose(A, B)
torch.equal(A, A) -> True
torch.equal(A, v) -> False
torch.bool(1) -> np.bool_(1)
torch.pi -> math.pi
torch.e -> math.e
torch.inf -> math.inf
torch.nan -> math.nan
F.relu(A) -> np.maximum(A, 0)
F.sigmoid(A) -> 1 / (1 + np.exp(-A))
F.tanh(A) -> np.tanh(A)
F.softmax(A, dim=1) -> np.exp(A) / np.sum(np.exp(A), axis=1, keepdims=True)
F.softmax(v) -> np.exp(v) / np.sum(np.exp(v))
F.softmax(A) -> 1 / 0
F.log_softmax(A, dim=0) -> A - np.log(np.sum(np.exp(A), axis=0, keepdims=True))
F.softplus(A) -> np.log(1 + np.exp(A))
F.softplus(A, beta=2.0) -> np.log(1 + np.exp(2 * A)) / 2
F.logsigmoid(A) -> -np.log(1 + np.exp(-A))
F.leaky_relu(A) -> np.where(A > 0, A, 0.01 * A)
F.leaky_relu(A, 0.2) -> np.where(A > 0, A, 0.2 * A)
F.leaky_relu(A, negative_slope=0.1) -> np.where(A > 0, A, 0.1 * A)
F.elu(A) -> np.where(A > 0, A, np.exp(A) - 1)
F.elu(A, alpha=0.5) -> np.where(A > 0, A, 0.5 * (np.exp(A) - 1))
F.gelu(A) -> A * (1 + np.vectorize(math.erf)(A / math.sqrt(2))) / 2
F.gelu(A, approximate="tanh") -> A / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (A + 0.044715 * A**3)))
F.silu(A) -> A / (1 + np.exp(-A))
F.one_hot(y, n) -> np.eye(n, dtype=int)[y]
F.one_hot(y, num_classes=n) -> np.eye(n, dtype=int)[y]
F.one_hot(y) -> np.eye(np.max(y) + 1, dtype=int)[y]
F.linear(A, M.T) -> A @ M
F.linear(A, M.T, x) -> A @ M + x
F.mse_loss(A, B) -> np.mean((A - B) ** 2)
F.mse_loss(A, B, reduction="sum") -> np.sum((A - B) ** 2)
F.l1_loss(A, B) -> np.mean(np.abs(A - B))
F.nll_loss(A, y) -> -np.mean(A[np.arange(m), y])
F.cross_entropy(A, y) -> np.mean(np.log(np.sum(np.exp(A), axis=1)) - A[np.arange(m), y])
F.cross_entropy(A, y, reduction="sum") -> np.sum(np.log(np.sum(np.exp(A), axis=1)) - A[np.arange(m), y])
F.cross_entropy(A, P) -> -np.mean(np.sum(P * (A - np.log(np.sum(np.exp(A), axis=1, keepdims=True))), axis=1))
F.binary_cross_entropy(P, Q) -> -np.mean(Q * np.log(P) + (1 - Q) * np.log(1 - P))
F.binary_cross_entropy_with_logits(A, P) -> np.mean(np.log(1 + np.exp(A)) - A * P)
F.layer_norm(A, (n,)) -> (A - A.mean(1, keepdims=True)) / np.sqrt(A.var(1, keepdims=True) + 1e-5)
F.layer_norm(A, [n], weight=v, bias=w) -> (A - A.mean(1, keepdims=True)) / np.sqrt(A.var(1, keepdims=True) + 1e-5) * v + w
jnp.sum(A, axis=0) -> np.sum(A, axis=0)
jnp.zeros((2, 3), dtype=jnp.float32) -> np.zeros((2, 3))
jax.nn.relu(A) -> np.maximum(A, 0)
jax.nn.sigmoid(A) -> 1 / (1 + np.exp(-A))
jax.nn.softmax(A) -> np.exp(A) / np.sum(np.exp(A), axis=-1, keepdims=True)
jax.nn.softmax(A, axis=0) -> np.exp(A) / np.sum(np.exp(A), axis=0, keepdims=True)
jax.nn.log_softmax(A, axis=1) -> A - np.log(np.sum(np.exp(A), axis=1, keepdims=True))
jax.nn.softplus(A) -> np.log(1 + np.exp(A))
jax.nn.log_sigmoid(A) -> -np.log(1 + np.exp(-A))
jax.nn.logsumexp(A, axis=1) -> np.log(np.sum(np.exp(A), axis=1))
jax.nn.one_hot(y, n) -> np.eye(n)[y]
jax.nn.silu(A) -> A / (1 + np.exp(-A))
jax.nn.swish(A) -> A / (1 + np.exp(-A))
jax.nn.tanh(A) -> np.tanh(A)
A.at[0].set(1.0) -> np.concatenate([np.ones((1, n)), A[1:]])
A.at[0, 1].get() -> A[0, 1]
A.at[i].add(1.0) -> A + np.bincount(i, minlength=m)[:, None]
A.at[:, y].add(1.0) -> A + np.bincount(y, minlength=n)
A.at[i].subtract(1.0) -> A - np.bincount(i, minlength=m)[:, None]
A.at[0].multiply(2.0) -> np.concatenate([2 * A[:1], A[1:]])
A.at[0].mul(2.0) -> np.concatenate([2 * A[:1], A[1:]])
A.at[0].divide(2.0) -> np.concatenate([A[:1] / 2, A[1:]])
A.at[0].power(2.0) -> np.concatenate([A[:1] ** 2, A[1:]])
A.at[mask].set(0.0) -> np.where(mask, 0, A)
A.at[A < 0].min(0.0) -> A
A.at[A < 0].max(0.0) -> np.maximum(A, 0)
special.expit(A) -> 1 / (1 + np.exp(-A))
special.expit(x) -> 1 / (1 + np.exp(-x))
special.expit(I) -> 1 / (1 + np.exp(-I))
special.logit(P) -> np.log(P / (1 - P))
special.softmax(A, axis=1) -> np.exp(A) / np.sum(np.exp(A), axis=1, keepdims=True)
special.softmax(A) -> np.exp(A) / np.sum(np.exp(A))
special.log_softmax(A, axis=0) -> A - np.log(np.sum(np.exp(A), axis=0, keepdims=True))
special.log_expit(A) -> -np.log(1 + np.exp(-A))
special.logsumexp(A) -> np.log(np.sum(np.exp(A)))
special.logsumexp(A, axis=1, keepdims=True) -> np.log(np.sum(np.exp(A), axis=1, keepdims=True))
special.logsumexp(A, axis=1, b=P) -> np.log(np.sum(P * np.exp(A), axis=1))
special.xlogy(P, Q) -> P * np.log(Q)
special.xlogy(0.0, 0.0) -> np.float64(0.0)
special.entr(P) -> -P * np.log(P)
special.erf(A) -> np.vectorize(math.erf)(A)
special.erfc(x) -> np.float64(math.erfc(x))
special.exp2(A) -> np.exp2(A)
special.expm1(A) -> np.expm1(A)
special.log1p(P) -> np.log1p(P)
special.cbrt(A) -> np.cbrt(A)
""".strip().splitlines()

# Methods of tensors, as a program has them that imports PyTorch.
TENSORS = """
A.sum(0, True) -> np.sum(A, axis=0, keepdims=True)
A.std(0) -> np.std(A, axis=0, ddof=1)
A.transpose(0, 1) -> A.T
T.transpose(1, 2) -> np.swapaxes(T, 1, 2)
A.repeat(2, 3) -> np.tile(A, (2, 3))
v.repeat(2, 1) -> np.tile(v, (2, 1))
A.max(1) -> (np.max(A, axis=1), np.argmax(A, axis=1))
A.max() -> np.max(A)
A.expand(2, m, n) -> np.broadcast_to(A, (2, m, n))
R.expand(m, -1) -> np.broadcast_to(R, (m, n))
R.expand_as(A) -> np.broadcast_to(R, (m, n))
A.view(-1) -> A.reshape(-1)
A.view(n, m) -> A.reshape(n, m)
A.view((n, m)) -> A.reshape(n, m)
A.T.view(-1) -> 1 / 0
A.view_as(A.reshape(n, m)) -> A.reshape(n, m)
A.reshape_as(A.reshape(n, m)) -> A.reshape(n, m)
A.reshape(n, m) -> A.reshape(n, m)
T.permute(2, 0, 1) -> np.transpose(T, (2, 0, 1))
T.flatten(1) -> T.reshape(2, -1)
A.t() -> A.T
A.squeeze(0) -> A
A.detach() -> A
A.contiguous() -> A
A.cpu().numpy() -> A
A.cuda() -> A
A.detach_() -> A
A.requires_grad_() -> A
A.clone() -> A.copy()
A.float() -> A
(A > 0).float() -> (A > 0) * 1.0
A.double() -> A
A.long() -> A.astype(int)
A.int() -> A.astype(np.int32)
A.bool() -> A != 0
A.to(torch.float64) -> A
A.to(torch.long) -> A.astype(int)
A.to("cpu") -> A
A.to(I) -> A.astype(int)
A.type(torch.int64) -> A.astype(int)
A.type_as(I) -> A.astype(int)
one.item() -> 1.5
A.size() -> A.shape
A.size(0) -> m
A.size(-1) -> n
A.dim() -> 2
A.ndimension() -> 2
A.numel() -> A.size
A.nelement() -> A.size
A.tolist() -> A.tolist()
A.new_zeros(2, 3) -> np.zeros((2, 3))
A.new_ones((2, 3)) -> np.ones((2, 3))
A.index_add(0, i, B[i]) -> A + np.array([B[j] * np.sum(i == j) for j in range(m)])
A.index_add(1, y, B[:, y], alpha=2) -> A + 2 * B * np.bincount(y, minlength=n)
A.scatter(1, y[:, None], 1.0) -> np.where(np.eye(n)[y] > 0, 1.0, A)
A.scatter(1, y[:, None], value=1.0) -> np.where(np.eye(n)[y] > 0, 1.0, A)
A.scatter(1, y[:, None], B) -> np.where(np.eye(n)[y] > 0, B[:, :1], A)
A.scatter_add(1, y[:, None], B) -> A + np.eye(n)[y] * B[:, :1]
A.data -> A
A.mT -> A.T
A.backward() -> 1 / 0
""".strip().splitlines()

# Methods that change a tensor, with the value that it has afterwards.
CHANGES = """
A.add_(B) -> A + B
A.add_(B, alpha=-0.1) -> A - 0.1 * B
A.add_(1.0) -> A + 1
A.sub_(B) -> A - B
A.mul_(2) -> A * 2
A.div_(B) -> A / B
A.pow_(2) -> A ** 2
A.neg_() -> -A
A.exp_() -> np.exp(A)
A.sqrt_() -> np.sqrt(A)
A.clamp_(min=0) -> np.maximum(A, 0)
A.clamp_(0, 1) -> np.clip(A, 0, 1)
A.relu_() -> np.maximum(A, 0)
A.sigmoid_() -> 1 / (1 + np.exp(-A))
A.tanh_() -> np.tanh(A)
A.zero_() -> np.zeros_like(A)
A.fill_(2.0) -> np.full_like(A, 2.0)
A.copy_(B) -> B
A.copy_(v) -> np.broadcast_to(v, (m, n)).copy()
A.masked_fill_(mask, 0.0) -> np.where(mask, 0.0, A)
A.index_add_(0, i, B[i]) -> A + np.array([B[j] * np.sum(i == j) for j in range(m)])
A.index_copy_(0, i, B[i]) -> np.array([B[j] if j in i else A[j] for j in range(m)])
A.scatter_(1, y[:, None], 1.0) -> np.where(np.eye(n)[y] > 0, 1.0, A)
A.scatter_add_(1, y[:, None], B) -> A + np.eye(n)[y] * B[:, :1]
""".strip().splitlines()
