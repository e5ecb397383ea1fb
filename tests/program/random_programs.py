"""Random programs over the part of Python and NumPy that backward passes are made of.

A program grows statement by statement. Each statement is a template whose gaps are filled with
expressions of fitting shapes; real Python runs it at once, so that the next one knows all values, and
drops it where it fails. What runs is our own text only. `rules.txt` has small programs that show one
rule of the language each; some of them are mixed in.
"""

import ast
import contextlib
import random
import re
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np

Space = dict[str, object]

LARGEST = 400  # numbers in an array
NUMBER = (bool, int, float, np.bool_, np.integer, np.floating)
SCAFFOLD = {"np", "math", "self", "__builtins__"}
NAMES = "a b c d e h k m p q r s t u v w z dz dh dW db dx out acc tmp delta mask grads cache W3 b3".split()

# Gaps: A array, M matrix, V vector, T three axes, S square, Y labels, K whole numbers, B mask, P positive;
# as the first array in the template: E of its shape, F broadcasts to it, R its right factor, J the same but
# for the first axis, G a shape of as many numbers, I an index, X one axis, XX axes, O an order of axes.
# N number, n small count, c small signed number, q decimal, t truth, D dtype, sh shape, name text of a key.
ARRAYS = """
{A} + {F} | {A} - {F} | {A} * {F} | {A} / {F} | {F} - {A} | {F} * {A} | {F} / {A} | {A} @ {R} | {A} @ {R}
{A} + {N} | {N} * {A} | {A} / {N} | {N} - {A} | {N} / {A} | {A} ** 2 | {A} ** {c} | {P} ** {q} | {A} ** 0.5
{A} // {N} | {A} % {N} | {A} // {F} | {A} % {F} | -{A} | +{A} | abs({A}) | {A}.T | {A}.T | {A} * {B}
1 - {A} ** 2 | {A} * (1 - {A}) | ({A} > 0) * {F} | {A} * ({A} > 0) | 1 / (1 + np.exp(-{A})) | (1.0 - {A}) * {E}
np.exp({A}) | np.log({P}) | np.log1p({P}) | np.expm1({A}) | np.sqrt({P}) | np.square({A}) | np.tanh({A}) | np.sin({A})
np.cos({A}) | np.abs({A}) | np.absolute({A}) | np.sign({A}) | np.negative({A}) | np.reciprocal({P}) | np.cosh({A})
np.sinh({A}) | np.arctan({A}) | np.floor({A}) | np.ceil({A}) | np.rint({A}) | np.trunc({A}) | np.round({A}, 2)
np.maximum({A}, {F}) | np.minimum({A}, {F}) | np.maximum(0, {A}) | np.maximum({A}, 0.0) | np.clip({A}, -1, 1)
np.clip({A}, {q}, None) | np.clip({A}, a_min=0, a_max={q}) | {A}.clip(0, 1) | {A}.clip(min=0) | np.where({B}, {E}, {q})
np.where({A} > 0, {F}, 0) | np.where({A} > 0, 1, {q}) | np.where({A} > 0, {A}, {q} * {A}) | np.add({A}, {F})
np.subtract({A}, {F}) | np.multiply({A}, {F}) | np.divide({A}, {F}) | np.true_divide({A}, {F}) | np.power({P}, {q})
np.power({A}, 2) | np.floor_divide({A}, {N}) | np.mod({A}, {N}) | np.remainder({A}, {F}) | np.fmax({A}, {F}) | np.hypot({A}, {F})
np.logaddexp({A}, {F}) | np.heaviside({A}, 0.5) | np.arctan2({A}, {F}) | np.nan_to_num({A}) | np.float_power({P}, 3)
np.sum({A}, axis={X}) | np.sum({A}, axis={X}, keepdims=True) | np.sum({A}, {X}) | {A}.sum(axis={X}) | {A}.sum({X})
{A}.sum(axis={X}, keepdims=True) | np.sum({A}, axis={XX}) | np.sum({A}, axis={XX}, keepdims=True) | {A}.mean(axis={X})
np.mean({A}, axis={X}, keepdims=True) | np.mean({A}, axis={XX}) | np.max({A}, axis={X}) | np.max({A}, axis={X}, keepdims=True)
{A}.max({X}, keepdims=True) | np.amax({A}, axis={X}) | np.min({A}, axis={X}) | {A}.min(axis={XX}) | np.prod({A}, axis={X})
np.std({A}, axis={X}) | np.std({A}, axis={X}, ddof=1) | np.var({A}, axis={X}, keepdims=True) | {A}.var(axis={X}, ddof=0)
np.median({A}, axis={X}) | np.cumsum({A}, axis={X}) | {A}.cumsum({X}) | np.cumprod({A}, axis={X}) | np.cumsum({A})
np.argmax({A}, axis={X}) | {A}.argmax(axis={X}) | np.argmin({A}, axis={X}) | np.argsort({A}, axis={X}) | {A}.argsort()
np.sort({A}, axis={X}) | np.sort({A}) | np.any({A} > 0, axis={X}) | np.all({B}, axis={X}) | ({A} > 0).sum(axis={X})
np.count_nonzero({A} > 0, axis={X}) | np.linalg.norm({A}, axis={X}) | np.linalg.norm({A}, axis={X}, keepdims=True)
np.average({A}, axis={X}) | np.diff({A}, axis={X}) | np.ptp({A}, axis={X}) | np.nansum({A}, axis={X}) | np.sum({K}, axis=0)
np.mean({K}, axis=0) | np.sum({A}, axis={X}, dtype=np.float32) | np.mean({A}, axis={X}, dtype=np.float64)
{A}.reshape({G}) | {A}.reshape({G}) | np.reshape({A}, {G}) | {A}.reshape(-1) | {A}.reshape({A}.shape[0], -1) | {A}.ravel()
{A}.reshape(-1, 1) | {A}.reshape(1, -1) | {A}.flatten() | np.ravel({A}) | {A}.reshape({G}, order='F') | {A}.ravel(order='F')
{A}.squeeze() | np.squeeze({A}) | np.expand_dims({A}, {X}) | np.expand_dims({A}, axis=-1) | {A}.transpose() | np.transpose({A})
{A}.transpose({O}) | np.transpose({A}, {O}) | {A}.transpose(*{O}) | {T}.transpose(0, 2, 1) | np.swapaxes({T}, 0, {X})
{T}.swapaxes(1, 2) | np.moveaxis({T}, 0, {X}) | np.rollaxis({T}, 2) | np.broadcast_to({V}, (2, len({V}))) | {M}.mT
np.tile({A}, 2) | np.tile({V}, (2, 1)) | np.tile({M}, (1, 2)) | np.repeat({A}, 2, axis={X}) | np.repeat({V}, 3) | {A}.repeat(2)
np.concatenate([{A}, {J}]) | np.concatenate(({A}, {J}), axis=0) | np.concatenate(({A}, {E}), axis={X}) | np.stack([{A}, {E}])
np.stack(({A}, {E}), axis={X}) | np.stack([{A}, {E}], axis=-1) | np.hstack(({A}, {E})) | np.vstack([{A}, {J}]) | np.append({V}, {q})
np.column_stack(({V}, {E})) | np.append({A}, {E}, axis=0) | np.dstack(({M}, {E})) | np.insert({V}, 1, {q}) | np.delete({A}, 0, axis={X})
np.split({A}, 1)[0] | np.array_split({A}, 2)[0] | np.array_split({A}, 2, axis={X})[1] | np.hsplit({M}, 1)[0]
np.zeros({sh}) | np.ones({sh}) | np.full({sh}, {q}) | np.full({sh}, {n}) | np.eye({n}) | np.eye({n}, {n}) | np.eye({n}, k=1) | np.identity({n})
np.zeros_like({A}) | np.ones_like({A}) | np.full_like({A}, {q}) | np.full_like({K}, 2) | np.zeros({A}.shape) | np.zeros({sh}, dtype={D})
np.ones(({n}, {n}), dtype=int) | np.zeros_like({A}, dtype={D}) | np.zeros({n}) | np.ones(len({A})) | np.zeros((len({A}), {n}))
np.arange({n}) | np.arange(1, {n}) | np.arange(0, 1, 0.25) | np.arange({n}, -1, -1) | np.linspace(0, 1, {n}) | np.linspace({q}, 2, 5)
np.arange({n} * 2).reshape(2, -1) | np.arange(len({A})) | np.arange({n}, dtype=float) | np.logspace(0, 1, 3)
np.diag({V}) | np.diag({M}) | np.diagonal({M}) | np.diagflat({V}) | np.tril({M}) | np.triu({M}, 1) | np.tril({M}, k=-1) | np.trace({T})
np.flip({A}) | np.flip({A}, axis={X}) | np.fliplr({M}) | np.flipud({A}) | np.roll({A}, 1) | np.roll({A}, -1, axis={X}) | np.rot90({M})
np.pad({A}, 1) | np.pad({M}, ((1, 0), (0, 2))) | np.pad({V}, (1, 2), mode='constant') | np.pad({A}, 1, constant_values={q}) | np.pad({V}, 1, 'edge')
np.convolve({V}, {V}) | np.convolve({V}, {V}, mode='same') | np.correlate({V}, {V}, 'full') | np.convolve({V}, {V}, 'valid')
np.outer({V}, {V}) | np.outer({A}, {V}) | np.inner({V}, {E}) | np.inner({M}, {E}) | np.dot({A}, {R}) | {A}.dot({R}) | np.matmul({A}, {R})
np.dot({A}.T, {E}) | {A}.T @ {E} | {E} @ {A}.T | np.dot({N}, {A}) | np.vdot({V}, {E}) * {A} | np.kron({M}, {V}) | np.cross({V}[:3], {V}[:3])
np.einsum('ij,jk->ik', {M}, {R}) | np.einsum('ij,ij->i', {M}, {E}) | np.einsum('i,j->ij', {V}, {V}) | np.einsum('ij->ji', {M})
np.einsum('ij,kj->ik', {M}, {E}) | np.einsum('ijk->j', {T}) | np.einsum('bij,bjk->bik', {T}, {T}.transpose(0, 2, 1)) | np.einsum('ii->i', {S})
np.einsum('i,ij', {V}, {M}) | np.einsum('...i->...', {A}) | np.tensordot({M}, {R}, axes=1) | np.tensordot({M}, {E}, axes=([0], [0]))
np.tensordot({M}, {M}, axes=0) | np.tensordot({M}, {E}, axes=((1,), (1,))) | np.linalg.inv({S} + 5 * np.eye(len({S})))
np.linalg.solve(np.eye(len({A})) * 2, {A}) | np.linalg.pinv({M}) | np.linalg.matrix_power({S}, 2)
{A}.astype(float) | {A}.astype(int) | {A}.astype({D}) | {A}.astype(np.float32) | ({A} > 0).astype(float) | ({A} > 0).astype({D})
{A}.astype(np.float32) * {q} | {A}.astype(np.float32) + {F} | {A}.astype(np.float32) * {N} | np.float32({q}) * {A} | np.array({A}, dtype={D})
np.array({A}) | {A}.copy() | np.copy({A}) | np.asarray({A}) | np.asarray({A}, dtype={D}) | np.array({A}, copy=True) | np.ascontiguousarray({A}.T)
np.array([{q}, {q}, {c}]) | np.array([{n}, {n}, {n}]) | np.array([[{q}, 1], [0, {q}]]) | np.array([{V}, {V}]) | np.array([{N}, {N}])
np.array([[{q}], [{q}]]) | np.array([{A}, {E}]) | np.array([1, 2, 3], dtype=np.float32) | np.array({A}.shape) | np.array([{t}, {t}])
np.atleast_2d({V}) | np.atleast_1d({N}) | np.array({N}) | np.float64({A}) | np.ones(1) * {N} | np.array(5.0) + {A}
{A}[{I}] | {A}[{I}] | {A}[{I}] | {A}[{I}] | {A}[:, None] | {A}[None] | {A}[None, :] | {A}[..., None] | {A}[np.newaxis, ...] | {A}[:, np.newaxis]
{A}[::-1] | {A}[1:] | {A}[:-1] | {A}[..., 0] | {A}[-1:] | {A}[:, ::-1] | {A}[{B}] | {A}[{A} > 0] | {A}[()] | {A}[...] | {A}[0:1]
{M}[np.arange(len({M})), np.argmax({M}, axis=1)] | {M}[[0, -1]] | {M}[:, [1, 0]] | {M}[np.ix_([0, 1], [1, 0])] | {M}[[0, 1], [1, 0]]
np.take({A}, [0, 1], axis={X}) | np.take({A}, [0, 0]) | {A}.take([1, 0]) | np.take_along_axis({M}, np.argsort({M}, axis=1), axis=1)
np.eye(9)[{Y}] | np.bincount({Y}, minlength=4) | np.unique({Y}) | np.nonzero({A} > 0)[0] | np.argwhere({A} > 0) | np.flatnonzero({A})
np.where({A} > {q})[0] | np.compress([True, False], {A}, axis=0) | np.extract({A} > 0, {A}) | np.searchsorted([0, 1, 2], {V}) | np.indices((2, {n}))
np.meshgrid({V}, {V})[1] | np.interp({V}, [0, 1, 2], [0.5, 1, -1]) | np.isnan({A}) * 1 | np.isclose({A}, {F}) + 0 | np.digitize({V}, [0, 1])
np.add.reduce({A}) | np.add.reduce({A}, axis={X}) | np.maximum.reduce({A}) | np.add.accumulate({V}) | np.maximum.accumulate({A})
np.subtract.outer({V}, {V}) | np.multiply.outer({V}, {V}) | sum([{A}, {E}]) | sum({M}) | sum({A}[i] for i in range(len({A})))
{A} if {t} else {E} | ({A} * 2 if {A}.ndim > 1 else {A}) | ({A} if {A}.sum() > 0 else -{A}) | np.array([row * 2 for row in {A}])
np.array([r.sum() for r in {A}]) | np.stack([r - r.mean() for r in {A}]) | np.array([[u * v for v in {V}] for u in {V}]) | {A}.round(1)
np.array([float(u) ** 2 for u in {V}]) | np.array([max(u, 0) for u in {V}]) | np.array([1.0 if u > 0 else 0.0 for u in {V}])
np.array([{V}[i] * i for i in range(len({V})) if i != 1]) | np.array(list(range({n}))) | np.array([i * j for i in range(2) for j in range({n})])
np.array({A}.tolist()) | np.asarray(list({V})) | np.array(sorted({V})) | np.array(list(map(float, {V}))) | np.array([*{V}, 1.0])
{A} - {A}.max(axis=-1, keepdims=True) | {A} / {A}.sum(axis=-1, keepdims=True) | {A} - np.mean({A}, axis=0) | {A} / (1e-8 + np.std({A}, axis=0))
np.exp({A} - np.max({A}, axis={X}, keepdims=True)) / np.sum(np.exp({A}), axis={X}, keepdims=True) | {A}.conj() | {A}.real | np.real({A})
{K} + {A} | {K} / 2 | {K} // 2 | {K} % 3 | {K} * {K} | {K} ** 2 | {K} << 1 | {K} & 3 | {K} | 1 | {K} ^ 2 | -{K} | {K} * {q} | {K} + True | ~{K}
{B} & {B} | ~{B} | {B} | {B} | {B} * {q} | {B} + {B} | 1 - {B} | {B} * 1 | {B} / 2 | np.logical_and({B}, {B}) * 1 | np.logical_not({A})
"""

MASKS = """
{A} > 0 | {A} >= {q} | {A} < {F} | {A} <= 0 | {A} == {F} | {A} != 0 | ~({A} > 0) | ({A} > -1) & ({A} < 1) | ({A} < 0) | ({A} > {q})
np.isfinite({A}) | np.isnan({A}) | np.logical_or({A} > 1, {A} < 0) | np.logical_not({A} > 0) | np.greater({A}, 0) | np.less_equal({A}, {q}) | {A}.astype(bool)
np.zeros({sh}, dtype=bool) | np.ones({sh}, bool) | np.abs({A}) > {q} | ({A} > 0) ^ ({A} > 1) | {A} == {A} | np.isclose({A}, 0) | np.not_equal({A}, {F})
"""

WHOLE = """
np.arange({n}) | np.arange({n} * 2).reshape(2, -1) | np.argmax({A}, axis={X}) | np.array([{n}, {c}, {n}]) | {A}.astype(int) | np.array([[1, 2], [3, {c}]])
np.ones({sh}, dtype=int) | ({A} > 0).astype(int) | np.argsort({V}) | np.array({A}.shape) | ({A} > 0).sum(axis=0) | np.arange({n}, dtype=np.int32)
"""

VECTORS = """
{M}[{c}] | {M}[:, {c}] | {M}.sum(axis=0) | {M}.mean(axis=1) | {A}.ravel() | np.arange({n}) * {q} | np.array([{q}, {c}, {q}]) | np.linspace(-1, 1, {n})
{M}[0] | {M}[-1] | {M} @ {M}[0] | np.max({M}, axis=1) | {A}.reshape(-1) | {M}[:, 0] | np.ones({n}) | {V} * {q} | {V} + {V} | {V}[::-1]
"""

MATRICES = """
{V}[:, None] | {V}[None, :] | np.outer({V}, {V}) | {M}.T | {M} @ {R} | {M}.T @ {M} | {V}.reshape(-1, 1) | {M}[:, ::-1] | {M} * {F} | np.eye({n}) * {q}
np.arange(6).reshape(2, 3) | np.array([[{q}, {q}], [{c}, {q}]]) | np.zeros(({n}, {n})) | {M} - {M}.mean(axis=0) | {M}[1:] | np.stack([{V}, {E}])
"""

CUBES = """
np.arange(12).reshape(2, 3, 2) * {q} | np.stack([{M}, {E}]) | {M}[:, None, :] * {M}[None] | {M}[None] | {M}[:, :, None] | np.ones(({n}, 2, {n})) * {q}
np.einsum('i,jk->ijk', {V}, {M}) | {T}.transpose(0, 2, 1) | {T} * 2 | {M}[:, None] - {M}[None, :]
"""

NUMBERS = """
{q} | {n} | {c} | {A}.shape[0] | len({A}) | {A}.size | {A}.ndim | {A}.sum() | np.sum({A}) | {A}.mean() | np.mean({A}) | {A}.max() | np.min({A}) | {A}.std()
float({A}.sum()) | int({n}) | np.sum({A} ** 2) | np.sum({A} * {E}) | 0.5 * np.sum({A} ** 2) | {A}.sum() / len({A}) | {V} @ {E} | np.dot({V}, {E}) | {V}[0] | {M}[0, 1]
{M}[0][1] | {V}[-1] | np.linalg.norm({A}) | np.trace({S}) | np.linalg.det({S}) | np.linalg.slogdet({S})[1] | np.var({A}) | np.prod({A}) | np.median({A}) | np.argmax({A})
{A}.argmin() | ({A} > 0).sum() | np.any({B}) | np.all({B}) | {A}.any() | (({A} > 0) & ({A} < 1)).all() | np.count_nonzero({A}) | {N} + {N} | {N} * {N} | {N} - {N}
{N} / {N} | {N} // {N} | {N} % {N} | -{N} | abs({N}) | {n} ** 2 | {n} ** -1 | 2 ** {n} | float({N}) ** 2 | {q} ** {n} | max({N}, {N}) | min({n}, {N}) | max({N}, 0) | round({q}, 1)
round({N}) | int({N}) | float({N}) | bool({N}) | math.exp({q}) | math.sqrt({n}) | math.log({n}) | math.pi | np.pi * {q} | math.tanh({q}) | math.floor({q}) | np.exp({N}) | np.tanh({q}) | np.log({n})
np.sqrt({n}) | np.maximum({N}, {N}) | np.float32({q}) | np.int64({n}) | np.float64({N}) | np.float32({q}) * {q} | np.float32({q}) + {N} | np.int64({n}) / 2 | np.int32({n}) * {q} | {A}.item(0)
{A}.prod() | sum({V}) | sum(range({n})) | sum(u * u for u in {V}) | max({V}) | min([{N}, {N}, {n}]) | len([u for u in {V} if u > 0])
{N} if {t} else {N} | {N} > 0 | 0 < {N} < 3 | {N} == {N} | {t} and {N} | {t} or {N} | not {N} | {n} in [1, 2, 3] | {A} is None | {A} is not None | isinstance({A}, np.ndarray) | isinstance({N}, float)
divmod({n}, 3)[1] | pow({n}, 2) | {n} // 2 * 2 | {n} & 3 | {n} | 4 | {n} ^ 1 | {n} << 2 | {n} >> 1 | ~{n} | True + {n} | {t} * {q} | 1e-3 * {N} | -{n} // 2 | -{n} % 3 | {q} % 1 | {A}.shape == {E}.shape
len({A}.shape) | {A}.shape[-1] * {n} | np.shape({A})[0] | np.size({A}) | np.ndim({A}) | {A}.shape[{X}] | any([{t}, {N} > 1]) | all(u > 0 for u in {V}) | np.inf * {q} | np.allclose({A}, {E}) | np.array_equal({A}, {E})
{A}[{A} > 0].sum() | np.sum([{N}, {N}]) | np.mean([{q}, {q}, {n}]) | np.max([{N}, {q}]) | np.square({q}) | np.abs({c}) | np.sign({q}) | np.clip({q}, 0, 1) | np.where({t}, {q}, 1.0) | float(np.array([{q}])[0])
{M}.T[0, -1] | {A}.flat[0] | {V}.item(-1) | {A}.dtype == np.float64 | {A}.dtype == {D} | np.e | np.sum({B}) | np.mean({A} > 0) | np.mean({B}) | {K}.sum() | {K}.mean() | {K}.max() | {B}.sum() | {B}.any()
"""

SIMPLE = """
{new} = {A} | {new} = {A} | {new} = {A} | {new} = {A} | {new} = {A} | {new} = {N} | {new} = {B} | {new} = {M} | {new} = {V} | {new} = {T} | {new} = {K}
{new} = {arr} | {new} = {arr} | {new} = {arr}.T | {new} = {arr}[{I}] | {new} = {arr}[1:] | {new} = {arr}[::-1] | {new} = {arr}.reshape(-1) | {new} = {arr}[..., 0] | {new} = {arr}.copy()
{arr} += {F} | {arr} -= {F} | {arr} *= {F} | {arr} /= {F} | {arr} *= {N} | {arr} += {N} | {arr} -= {q} * {F} | {arr} /= {n} | {arr} **= 2 | {arr} //= 2 | {arr} %= 2 | {arr} @= {R}
{arr}[{I}] = {W} | {arr}[{I}] = {W} | {arr}[{I}] = {W} | {arr}[{I}] += {W} | {arr}[{I}] -= {W} | {arr}[{I}] *= {W} | {arr}[{I}] /= 2 | {arr}[{I}] = 0 | {arr}[{I}] = {N} | {arr}[{I}] **= 2
{arr}[{arr} < 0] = 0 | {arr}[{B}] = {q} | {arr}[{B}] *= {q} | {arr}[~{B}] = 0 | {arr}[np.where({B})] = {q} | {arr}[{B}] = {arr}[{B}] * 2 | {arr}[:] = {F} | {arr}[...] = {F} | {arr}[0] = {arr}[-1]
{arr}[::2] += 1 | {arr}[1:] = {arr}[:-1] | {arr}[[0, 0]] += 1 | {arr}[[0, -1]] = {arr}[[-1, 0]] | {arr}.T[0] = {q} | {arr}.reshape(-1)[0] = {q} | {arr}.flat[0] = {q} | {arr}.ravel()[-1] -= 1
{mat}[np.arange(len({mat})), 0] -= 1 | {mat}[range(len({mat})), np.argmax({mat}, axis=1)] -= 1 | {mat}[:, 0], {mat}[:, 1] = {mat}[:, 1].copy(), {mat}[:, 0].copy() | {mat}[0], {mat}[1] = {mat}[1], {mat}[0]
{new}, {new} = {A}, {A} | {new}, {new} = {N}, {A} | ({new}, {new}), {new} = ({A}, {N}), {B} | {new} = {new} = {A} | {new} = {new} = {n} | {new}, {new} = {M}.shape | {new}, *{new} = {V} | *{new}, {new} = [{N}, {N}, {N}]
{new}, {new} = {M}[:2] | {new} = ({A}, {N}) | {new} = {A}, {A}, {q} | {arr}, {new} = {A}, {arr} | [{new}, {new}] = {N}, {N} | {new}, {new} = np.where({M} > 0) | {new}, {new} = np.split({A}[:2], 2) | {num}, {num} = {num}, {num}
{num} += {N} | {num} -= {n} | {num} *= {q} | {num} /= {n} | {num} //= 2 | {num} %= 3 | {num} = {num} + 1 | {num} = -{num} | {num} = {num} * {q} + {N}
{new} = {{'{name}': {A}, '{name}': {N}}} | {new} = {{}} | {new} = dict({name}={A}, {name}={N}) | {new} = {{'{name}': {A}, '{name}': {A}}} | {new} = {{k: k * {q} for k in range({n})}} | {new} = {{1: {N}, (0, 1): {A}}}
{dct}['{name}'] = {A} | {dct}['{name}'] = {N} | {dct}['{name}'] = {arr} | {dct}['d' + '{name}'] = {A} | {dct}[f'{name}{{{n}}}'] = {A} | {dct}['{name}' + str({n})] = {N} | {dct}.update({{'{name}': {A}}}) | {dct}.update({name}={N})
{new} = {dct}.get('{name}') | {new} = {dct}.get('{name}', {N}) | {new} = '{name}' in {dct} | {new} = len({dct}) | {new} = list({dct}.keys()) | {new} = list({dct}.values()) | {new} = sorted({dct}.items(), key=lambda kv: str(kv[0])) | {new} = {dct}
{new} = {dct}.copy() | {new} = dict({dct}) | {new} = {{**{dct}, '{name}': {N}}} | {dct}.setdefault('{name}', {A}) | {new} = {dct}.pop('{name}', None) | {new} = {{k: v * 2 for k, v in {dct}.items() if v is not None}} | {new} = tuple({dct})
{new} = [{A}, {N}] | {new} = [] | {new} = [{N}, {N}, {n}] | {new} = [None] * {n} | {new} = [0.0] * {n} | {new} = list({V}) | {new} = {A}.tolist() | {new} = list(range({n})) | {new} = [{A} for k in range(2)]
{lst}.append({A}) | {lst}.append({N}) | {lst} += [{N}] | {lst}.extend([{N}, {A}]) | {lst}.insert(0, {N}) | {lst}[0] = {A} | {lst}[-1] = {N} | {lst}[{c}] = {N} | {new} = {lst}[::-1] | {new} = {lst} + [{N}] | {new} = {lst} * 2 | {lst}[1:2] = [{N}, {N}]
{new} = {lst}.pop() | {new} = {lst}.pop(0) | {new} = {lst} | {new} = list({lst}) | {new} = {lst}[:] | {new} = tuple({lst}) | {new} = len({lst}) | {lst}.reverse() | {new} = list(reversed({lst})) | {new} = list(enumerate({lst})) | {lst}[0] += {N} | {lst}[0] *= {q}
{new} = list(zip({V}, {lst})) | {new} = {lst}[1:] | {new} = [[{N}, {N}], [{N}, {N}]] | {new} = [u * {q} for u in {V}] | {new} = [i for i in range({n}) if i % 2] | {new} = [(i, u) for i, u in enumerate({V})] | {new} = [p + q for p, q in zip({V}, {E})] | {lst}.clear()
{new} = {t} | {new} = None | {new} = '{name}' | {new} = '{name}' + str({n}) | {new} = f'{name}{{{n}}}' | {new} = 'W%d' % {n} | {new} = '{name}_{{}}'.format({n}) | {new} = '{name}'.upper() | {new} = 'd{name}'[1:] | {new} = '{name}'.startswith('W')
np.add.at({arr}, 0, {q}) | np.add.at({mat}, ([0, 0, 1], [1, 1, 0]), 1) | np.copyto({arr}, {F}) | np.putmask({arr}, {arr} > 0, {q}) | np.fill_diagonal({mat}, {q}) | {arr}.fill({q}) | {arr}.sort() | np.add({arr}, {F}, out={arr}) | np.multiply({arr}, {q}, out={arr})
np.maximum({arr}, 0, out={arr}) | np.exp({arr}, out={arr}) | np.subtract.at({arr}, [0, 0], {q}) | np.place({arr}, {arr} > 0, [{q}, 1]) | np.clip({arr}, -1, 1, out={arr}) | np.put({arr}, [0, 1], [{q}, {n}]) | {arr}.partition(0)
{new} = lambda u: u * {q} | {new} = lambda u, v={N}: u + v | {new} = (lambda u: u ** 2)({A}) | {new} = (lambda u, v: u - v)(v={N}, u={A}) | {new} = list(map(lambda u: u + 1, {V})) | {new} = list(filter(lambda u: u > 0, {V}))
{new} = sorted([{N}, {N}, {n}], reverse=True) | {new} = max([{V}, {V}], key=lambda u: u.sum()) | {new} = sorted(range(len({V})), key=lambda i: {V}[i]) | {new} = {n} if {N} > 0 else {q} | {new} = np.float32 | {new} = {A}.shape | {new} = {A}.shape[1:] + (2,)
assert {A}.shape == {E}.shape | assert {N} is not None, 'no number' | print({A}.shape, {N}) | print(f'{{{N}}}', end='') | pass | '''{name}''' | {A}.sum() | {new}: float = {N} | del {num} | {new} = {A}; {new} = {N} | import numpy as np | from math import pi
{new} = {fun}({A}) | {new} = {fun}({N}) | {new} = {fun}({fun}({A})) | {new} = list(map({fun}, {M})) | {new} = [{fun}(u) for u in {M}]
"""

LOOPS = """
for {new} in range({n}): | for {new} in range(1, {n}): | for {new} in range({n}, 0, -1): | for {new} in reversed(range({n})): | for {new}, {new} in enumerate({M}): | for {new} in {M}: | for {new} in {V}:
for {new}, {new} in zip({V}, {E}): | for {new}, {new} in zip({M}, {V}): | for {new} in {lst}[:4]: | for {new}, {new} in list({dct}.items())[:4]: | for {new} in list({dct})[:3]: | for {new} in ({n}, {c}, {q}): | for {new}, ({new}, {new}) in enumerate(zip({V}, {E})):
for {new} in range(len({A})): | for {new} in [{A}, {E}]: | for {new} in ['{name}', '{name}']: | for {new} in sorted([{N}, {n}]): | for {new} in range({A}.shape[-1]): | for {new}, {new} in enumerate([{A}, {E}], start=1): | for {new}, {new} in [(1, {A}), (2, {E})]:
"""

# The last statement of some programs: Python stops here.
ERRORS = """
{new} = {A} + np.ones((97, 3)) | {new} = {{}}['missing'] | {new} = {A}[99] | {new} = 1 / 0 | {new} = {M} @ np.ones(97) | {new}, {new} = 1, 2, 3 | {new} = [1, 2][5] | {new} = np.zeros(3).reshape(2, 2) | {arr}[99] = 0
{new} = np.concatenate([{A}, np.ones((1, 1, 1, 1))]) | {new} = None + 1 | {new} = undefined_name | {new} = {A}.nope | {new} = np.nope({A}) | {new} = np.linalg.inv(np.zeros((2, 2))) | {new} = int('x') | {new} = np.sum({A}, axis=7)
{new} = len(3) | {new} = (1, 2)[0][0] | {new} = 5 // 0 | {new} = 5 % 0 | {new} = np.arange(3) + np.arange(4) | {arr} += np.ones((9, 9, 9)) | {arr}[np.ones(97, dtype=bool)] = 1 | {new} = {{'a': 1}}['b'] + {A} | del missing_name | {new} = np.stack([np.ones(2), np.ones(3)])
{new} = (1, 2).append(3) | {new} = np.dot(np.ones(3), np.ones(4)) | {new} = np.arange(3)[1.5] | {new} = [1, 2]['a'] | np.arange(3)[0:2][:] = [1, 2, 3] | {new} = {A}.reshape(97, -1) | {new} = float('abc') | {new} = np.einsum('ij,jk->ik', {M}, np.ones((97, 2)))
{new} = (lambda u: u)() | {new} = (lambda u: u)(1, 2) | {new} = (lambda u: u)(v=1) | {new} = np.broadcast_to(1.0, 3); {new}[0] = 2 | {new} = np.arange(3); {new} += 0.5 | {new} = {M}[0, 0, 0] | {new} = np.linalg.solve(np.zeros((2, 2)), np.ones(2)) | {new} = max([])
raise ValueError('no') | {new} = [] + (1,) | {new} = 'a' + 1 | {new} = np.transpose({M}, (0, 5)) | {new} = np.ones(3) @ 2 | {new} = np.argmax(np.zeros(0)) | {new} = np.max([]) | {new} = np.split(np.ones(5), 2) | (1, 2)[0] = 5 | {new} = {A}.sum(nope=1) | {new} = np.squeeze(np.ones(3), axis=0)
"""

# What real Python runs and the grader does not, with what it would change.
REFUSALS = r"""
{new} = np.vectorize(abs)({A}) | {arr}[:] = np.vectorize(abs)({arr}) | {arr}[0] = np.vectorize(float)({N}) | {arr} += np.vectorize(abs)({arr}) | np.add({arr}, np.vectorize(abs)({arr}), out={arr})
{lst}.append(np.vectorize(abs)({N})) | {lst} += [np.vectorize(abs)({N})] | {dct}.update({name}=np.vectorize(abs)({A})) | {dct}[str(np.vectorize(abs)(1))] = {A} | del {lst}[np.vectorize(int)(0)] | {arr}[np.vectorize(int)(0)] = {q}
def cut(u):\n    t = np.vectorize(abs)(u)\n    u[0] = 9\n    return t\n{new} = cut({arr}) | def cut(u):\n    u[0] = 9\n    return np.vectorize(abs)(u)\n{new} = cut({arr})
for {new} in range(2):\n    {arr}[0] += np.vectorize(float)(1) | for {new} in range(2):\n    {new} = np.vectorize(float)(1)\n    {arr}[0] += 2 | if np.vectorize(bool)({N}):\n    {arr}[0] = 5
np.vectorize(lambda u: {lst}.append(u), otypes=[float])({V}) | while np.vectorize(bool)(len({lst})):\n    {lst}.pop() | {new} = [{lst}.pop() for k in range(np.vectorize(int)(1))] | np.copyto({arr}, np.vectorize(float)({N}))
def shrink():\n    global {new}\n    t = np.vectorize(abs)({A})\n    {arr}[...] = 3\nshrink() | {arr}.fill(np.vectorize(float)({q})) | {dct}.pop(str(np.vectorize(str)('{name}')), None) | np.add.at({arr}, np.vectorize(int)(0), {q})
def later(u):\n    def inner():\n        {arr}[0] = 4\n    t = np.vectorize(abs)(u)\n    inner()\nlater({N}) | {new} = {arr}; {new}[0] = np.vectorize(float)({q}) | with np.errstate(all='ignore'):\n    {new} = np.vectorize(abs)({A})\n    {arr}[0] = 8
class Cut:\n    def __init__(self, u):\n        self.u = u\n    def go(self):\n        t = np.vectorize(abs)(self.u)\n        self.u[0] = 6\n{new} = Cut({arr})\n{new}.go() | {arr}[0], {new} = {q}, np.vectorize(abs)({A}) | {new}, {arr}[0] = np.vectorize(abs)({A}), {q}
{new} = sorted({lst}, key=lambda u: np.vectorize(abs)(1)) | {lst}.sort(key=lambda u: np.vectorize(abs)(1)) | try:\n    {new} = np.vectorize(abs)({A})\n    {arr}[0] = 8\nfinally:\n    {arr}[-1] = 9 | {dct}.setdefault('{name}', np.vectorize(abs)({A}))
"""


@dataclass(frozen=True)
class Made:
    """A random program, what it is given, and the line on which Python stops, if it stops."""

    seed: int
    text: str
    stops: bool


class Dropped(Exception):
    """Nothing fits here."""


def given(seed: int) -> Space:
    """Values as they are published for a student: fresh arrays each time."""
    rng = np.random.default_rng(seed)
    n, d, h, c = (int(size) for size in rng.integers(2, 5, 4))
    return {
        "X": rng.normal(size=(n, d)).round(2),
        "W1": rng.normal(size=(d, h)),
        "b1": rng.normal(size=h),
        "W2": rng.normal(size=(h, c)),
        "g": rng.normal(size=(n, c)),
        "x": rng.normal(size=d),
        "y": rng.integers(0, c, n),
        "lam": float(rng.normal()),
    }


@cache
def rules() -> dict[str, str]:
    """The small programs of `rules.txt` by their names."""
    text = (Path(__file__).parent / "rules.txt").read_text(encoding="utf-8")
    parts = re.split(r"^#: (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without NumPy's warnings, and without what programs print."""
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stdout(None):
        warnings.simplefilter("ignore")
        yield


def run(text: str, space: Space) -> None:
    """Run our own text by real Python."""
    with quiet():
        exec(compile(text, "<program>", "exec"), space)


class _Resumed(ast.NodeTransformer):
    """Passes over each statement that fails, but for those of a `try`."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for block in ("body", "orelse"):
            if isinstance(getattr(node, block, None), list) and not isinstance(node, ast.ClassDef):
                setattr(node, block, [_passing(each) for each in getattr(node, block)])
        return node

    def visit_Try(self, node: ast.Try) -> ast.AST:
        return node


def _passing(statement: ast.stmt) -> ast.stmt:
    handler = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Pass()])
    return ast.Try([statement], [handler], [], [])


def resumed(text: str) -> str:
    """The program as it runs if each statement that fails is passed over."""
    return ast.unparse(ast.fix_missing_locations(_Resumed().visit(ast.parse(text))))


def start(seed: int) -> Space:
    """What a program finds when it begins."""
    import math

    return {"np": np, "math": math, **given(seed)}


def normal(text: str) -> str:
    """The text as Python writes it: no brackets that are not needed. Raises Dropped for wrong quotes."""
    try:
        return ast.unparse(ast.parse(text))
    except SyntaxError as fault:
        raise Dropped from fault


def _choices(table: str) -> list[str]:
    return [
        one.strip() for line in table.split("\n") for one in re.split(r" \| ", line) if one.strip()
    ]


TABLES = {
    "A": _choices(ARRAYS),
    "B": _choices(MASKS),
    "K": _choices(WHOLE),
    "V": _choices(VECTORS),
    "M": _choices(MATRICES),
    "T": _choices(CUBES),
    "N": _choices(NUMBERS),
}
STATEMENTS, HEADS, FAULTS = _choices(SIMPLE), _choices(LOOPS), _choices(ERRORS)
REFUSED = [text.replace("\\n", "\n") for text in _choices(REFUSALS)]


def _is_array(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > 0 and value.size > 0


FITS: Mapping[str, Callable[[object], bool]] = {
    "A": _is_array,
    "B": lambda v: _is_array(v) and v.dtype == bool,
    "K": lambda v: _is_array(v) and v.dtype.kind == "i",
    "V": lambda v: _is_array(v) and v.ndim == 1,
    "M": lambda v: _is_array(v) and v.ndim == 2 and min(v.shape) > 1,
    "T": lambda v: _is_array(v) and v.ndim == 3,
    "N": lambda v: isinstance(v, NUMBER),
    "S": lambda v: _is_array(v) and v.ndim == 2 and v.shape[0] == v.shape[1],
}


def fine(value: object, depth: int = 0) -> bool:
    """A value that programs may hold, and not a large one."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "bif" and value.size <= LARGEST and value.ndim <= 4
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 2**80
    if isinstance(value, list | tuple | dict) and type(value) in (list, tuple, dict):
        parts = value.values() if isinstance(value, dict) else value
        return depth < 4 and len(value) <= 40 and all(fine(part, depth + 1) for part in parts)
    if isinstance(value, str):
        return len(value) < 60
    return (
        isinstance(value, NUMBER) or value is None or callable(value) or hasattr(value, "__dict__")
    )


@dataclass
class Writer:
    """Writes one program."""

    seed: int
    chance: random.Random = field(init=False)
    space: Space = field(init=False)  # all values after the statements so far
    done: list[str] = field(default_factory=list)
    local: set[str] | None = None  # the names of the function that is being written
    made: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.space = start(self.seed)

    # Statements

    def program(self, statements: int, refused: bool = False) -> Made:
        """A program of about so many statements; one in five ends with an error."""
        while len(self.done) < statements:
            asked = refused and self.chance.random() < 0.2
            self.keep(self.refusal if asked else self.statement)
        stops = not refused and self.chance.random() < 0.2
        if stops:
            self.stopping()
        return Made(self.seed, self.decorated(), stops)

    def keep(self, write: Callable[[], str]) -> None:
        """Add what runs."""
        with contextlib.suppress(Dropped):
            text = write()
            if write != self.rule:
                text = normal(text)
            if self.tried(text):
                self.done.append(text)
            else:
                self.space = self.again()

    def tried(self, text: str) -> bool:
        try:
            run(text, self.space)
        except Exception:
            return False
        return all(fine(value) for name, value in self.space.items() if name not in SCAFFOLD)

    def again(self) -> Space:
        """Everything so far once more, on fresh arrays."""
        space = start(self.seed)
        for text in self.done:
            run(text, space)
        return space

    @contextlib.contextmanager
    def aside(self, names: Mapping[str, object] = MappingProxyType({})) -> Iterator[None]:
        """Try a block on fresh values, of which nothing stays."""
        before = self.space
        self.space = self.again()
        self.space.update(names)
        try:
            yield
        finally:
            self.space = before

    def statement(self) -> str:
        kinds: dict[Callable[[], str], int] = {
            self.simple: 70, self.branch: 6, self.loop: 8, self.counted: 2,
            self.function: 6, self.layer: 3, self.rule: 5, self.guarded: 2,
        }  # fmt: skip
        return self.chance.choices([*kinds], [*kinds.values()])[0]()

    def simple(self) -> str:
        for _ in range(20):
            with contextlib.suppress(Dropped):
                return normal(self.filled(self.chance.choice(STATEMENTS), 0))
        raise Dropped

    def refusal(self) -> str:
        return self.filled(self.chance.choice(REFUSED), 2)

    def body(self, statements: int = 3, extra: tuple[str, ...] = ()) -> str:
        """Statements of a block, tried one after another in the space as it is."""
        lines: list[str] = []
        for _ in range(self.chance.randint(1, statements)):
            for _ in range(5):
                try:
                    text = self.simple()
                except Dropped:
                    continue
                if text.startswith(("del", "import", "from")) or "_" in text.split()[0]:
                    continue
                if self.local is not None and not self.local_only(text):
                    continue
                if self.tried(text):
                    lines.append(text)
                    break
        return indented([*lines, *extra] or ["pass"])

    def local_only(self, text: str) -> bool:
        """Note the names that a statement binds; a name of the program must not become local."""
        assert self.local is not None
        tree = ast.parse(text)
        bound = {
            n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        if any(name in self.space and name not in self.local for name in bound):
            return False
        self.local |= bound
        return True

    def branch(self) -> str:
        test = self.condition()
        with self.aside():
            first = self.body()
        text = f"if {test}:\n{first}"
        if self.chance.random() < 0.4:
            with self.aside():
                text += f"elif {self.condition()}:\n{self.body()}"
        if self.chance.random() < 0.6:
            with self.aside():
                text += f"else:\n{self.body()}"
        return text

    def condition(self) -> str:
        return self.filled(self.chance.choice(_choices(
            "{N} > 0 | {N} <= {q} | {A}.ndim == 2 | {A}.sum() > {N} | {t} | len({A}) > {n} | {N} > 0 and {t} | {N} < 0 or {A}.ndim > 1"
            " | not {N} | {A} is not None | 0 < {N} < 2 | {n} in (1, 3) | '{name}' in {dct} | {lst} | {dct} | {A}.shape == {E}.shape | ({A} > 0).any()"
        )), 1)  # fmt: skip

    def loop(self) -> str:
        for _ in range(10):
            try:
                head = self.filled(self.chance.choice(HEADS), 1)
            except Dropped:
                continue
            with self.aside():
                if self.tried(f"{head} break"):
                    extra = self.chance.choice(
                        [
                            "",
                            "",
                            "",
                            f"if {self.condition()}: break",
                            f"if {self.condition()}: continue",
                        ]
                    )
                    block = self.body(extra=tuple(filter(None, [extra])))
                    if extra:
                        block += self.body(1)
                    if self.chance.random() < 0.15:
                        inner = self.filled("for {new} in range({n}):", 1)
                        if self.tried(f"{inner} break"):
                            block += indented([inner + "\n" + self.body(2)])
                    ending = f"else:\n{self.body(1)}" if self.chance.random() < 0.2 else ""
                    return f"{head}\n{block}{ending}"
        raise Dropped

    def counted(self) -> str:
        self.made += 1
        name = f"_n{self.made}"  # a name that nothing else may change, or Python would not come to an end
        with self.aside({name: 0}):
            step = self.chance.choice([f"{name} += 1", f"{name} = {name} + 1"])
            block = self.body(2, extra=(step,))
            if self.chance.random() < 0.3:
                block += indented([f"if {self.condition()}: break"])
        ending = f"else:\n    {self.new()} = {name}\n" if self.chance.random() < 0.2 else ""
        return f"{name} = 0\nwhile {name} < {self.chance.randint(1, 4)}:\n{block}{ending}"

    def guarded(self) -> str:
        with self.aside():
            block = self.body(2)
        return self.chance.choice(["with np.errstate(all='ignore'):\n", "if True:\n"]) + block

    def rule(self) -> str:
        return self.chance.choice([*rules().values()])

    def function(self) -> str:
        """A definition and some calls."""
        name = self.chance.choice(["forward", "backward", "f", "step", "loss", "layer"]) + str(
            self.chance.randint(1, 3)
        )
        arguments = [
            self.piece(self.chance.choice("AAAVMN"), 1) for _ in range(self.chance.randint(0, 3))
        ]
        parameters = self.chance.sample(["p", "q", "u", "v", "dout"], len(arguments))
        with self.aside({p: self.value(a) for p, a in zip(parameters, arguments, strict=True)}):
            default = self.piece("N", 2)
            self.space["scale"] = self.value(default)
            self.local = {*parameters, "scale"}
            try:
                block = self.body(4)
                if self.chance.random() < 0.3:
                    block += indented([f"if {self.condition()}:\n    return {self.piece('A', 1)}"])
                block += indented(["return " + self.filled(self.chance.choice(_choices(
                    "{A} | {A} | {A}, {A} | {A}, {N} | {{'dW': {A}, 'db': {A}}} | ({A}, ({A}, {N})) | [{A}, {N}] | None | {arr} | {N}"
                )), 1)])  # fmt: skip
            finally:
                self.local = None
        heads = [*parameters, f"scale={default}"]
        if self.chance.random() < 0.2:
            heads = [*parameters, "*", f"scale={default}"]
        elif self.chance.random() < 0.2:
            heads = [*parameters, f"scale={default}", "*rest", "**more"]
        text = f"def {name}({', '.join(heads)}):\n{block}"
        for _ in range(self.chance.randint(1, 2)):
            text += f"{self.new()} = {name}({self.arguments(parameters, arguments)})\n"
        return text

    def arguments(self, parameters: list[str], arguments: list[str]) -> str:
        """The same call in one of its spellings."""
        keyed = self.chance.randint(0, len(parameters))
        texts = [*arguments[:keyed]]
        texts += [f"{p}={a}" for p, a in zip(parameters[keyed:], arguments[keyed:], strict=True)]
        if self.chance.random() < 0.3:
            texts.append(f"scale={self.piece('N', 2)}")
        if self.chance.random() < 0.1 and keyed == len(parameters) and arguments:
            return f"*[{', '.join(arguments)}]"
        return ", ".join(texts)

    def layer(self) -> str:
        """A class with fields, an object of it, and calls of its methods."""
        name = self.chance.choice(["Layer", "Dense", "Net"]) + str(self.chance.randint(1, 2))
        weights, inputs = self.piece("M", 2), self.piece("A", 2)
        fields = types.SimpleNamespace(W=self.value(weights), calls=0, grads={})
        with self.aside({"self": fields, "p": self.value(inputs)}):
            self.local = {"p"}
            try:
                forward = self.body(3)
                for attribute in ("out", "dW"):
                    value = self.piece(self.chance.choice("AAM"), 1)
                    if self.tried(f"self.{attribute} = {value}"):
                        forward += indented([f"self.{attribute} = {value}"])
                key = f"self.grads['{self.chance.choice(NAMES)}'] = {self.piece('A', 1)}"
                result = self.piece("A", 1)
            finally:
                self.local = None
        made = self.new()
        text = (
            f"class {name}:\n    rate = {self.chance.choice([0.5, 2])}\n"
            "    def __init__(self, W, calls=0):\n        self.W = W\n        self.calls = calls\n        self.grads = {}\n"
            f"    def forward(self, p):\n{indented(forward.splitlines())}"
            f"        self.calls += 1\n        {key}\n        return {result}\n"
            f"{made} = {name}({weights})\n{self.new()} = {made}.forward({inputs})\n"
        )
        if self.chance.random() < 0.4:
            other = self.new()
            text += (
                f"class Own{name}({name}):\n    def backward(self, p):\n        self.rate = self.rate * 2\n"
                f"        return self.W * self.rate\n"
                f"{other} = Own{name}(W={weights}, calls=3)\n{self.new()} = {other}.forward({inputs})\n{self.new()} = {other}.backward(1)\n"
            )
        if self.chance.random() < 0.4:
            text += f"{made}.W -= 0.1\n{self.new()} = {made}.W\n"
        return text

    def stopping(self) -> None:
        """Add a last statement on which Python stops."""
        for _ in range(20):
            try:
                fault = self.filled(self.chance.choice(FAULTS), 2)
            except Dropped:
                continue
            where = self.chance.random()
            if where < 0.15:
                fault = f"for {self.new()} in range(2):\n" + indented([fault])
            elif where < 0.3:
                fault = "if True:\n" + indented([fault])
            elif where < 0.45:
                fault = (
                    "def failing(u):\n"
                    + indented(["t = u", fault, "return t"])
                    + f"{self.new()} = failing(1)"
                )
            try:
                run(fault, self.space)
            except Exception:
                self.done.append(fault)
                return
            self.space = self.again()

    def decorated(self) -> str:
        """The text with comments and empty lines."""
        lines = []
        for text in self.done:
            if self.chance.random() < 0.1:
                lines.append(self.chance.choice(["# Q1", "", "# the gradient", "#"]))
            lines.append(text.rstrip("\n"))
        return "\n".join(lines) + "\n"

    # Expressions

    def value(self, text: str) -> object:
        try:
            with quiet():
                found = eval(text, self.space)
        except Exception as fault:
            raise Dropped from fault
        if not fine(found):
            raise Dropped
        return found

    def filled(self, template: str, depth: int) -> str:
        """A template with its gaps filled; the first array decides the shapes of the others."""
        first: list[str] = []

        def gap(match: re.Match[str]) -> str:
            kind = match[1]
            if kind is None:
                return match[0][0]
            text = self.gap(kind, depth + 1, first)
            if kind in FITS or kind in ("arr", "mat", "P"):
                first.append(text)
            return text

        return re.sub(r"\{\{|\}\}|\{(\w+)\}", gap, template)

    def gap(self, kind: str, depth: int, first: list[str]) -> str:
        if kind in FITS:
            return self.piece(kind, depth)
        if kind in PLAIN:
            return PLAIN[kind](self)
        if kind in HELD:
            return self.held(HELD[kind])
        shape = getattr(self.value(first[0]), "shape", ()) if first else (3,)
        if kind == "I":
            first_text = first[-1] if first else "X"
            index = self.index(first_text, depth)
            first.append(f"{first_text}[{index}]")
            return index
        if kind == "W":
            return self.like(np.shape(self.value(first[-1])), depth)
        return SHAPED[kind](self, tuple(shape), depth)

    def piece(self, kind: str, depth: int) -> str:
        """An expression of a kind."""
        if kind == "S":
            return self.chance.choice(
                self.atoms(FITS["S"]) or ["np.array([[2.0, 1.0], [0.5, 3.0]])"]
            )
        atoms = self.atoms(FITS[kind])
        if atoms and self.chance.random() < 0.25 + 0.25 * depth:
            return self.chance.choice(atoms)
        for _ in range(6):
            if depth > 4:
                break
            with contextlib.suppress(Dropped):
                text = self.filled(self.chance.choice(TABLES[kind]), depth)
                if FITS[kind](self.value(text)):
                    return f"({text})"
        if not atoms:
            raise Dropped
        return self.chance.choice(atoms)

    def atoms(self, fits: Callable[[object], bool]) -> list[str]:
        """Names, entries and fields whose values fit."""
        found = []
        for text, value in self.places():
            if fits(value):
                found.append(text)
        return found

    def places(self) -> Iterator[tuple[str, object]]:
        for name, value in self.space.items():
            if name in SCAFFOLD - {"self"} or name.startswith("_"):
                continue
            yield name, value
            if type(value) is dict:
                yield from (
                    (f"{name}[{key!r}]", part)
                    for key, part in value.items()
                    if isinstance(key, str | int)
                )
            elif type(value) in (list, tuple):
                yield from ((f"{name}[{at}]", part) for at, part in enumerate(value[:3]))
            elif hasattr(value, "__dict__") and not callable(value):
                yield from ((f"{name}.{key}", part) for key, part in vars(value).items())

    def held(self, fits: Callable[[object], bool]) -> str:
        """A place that can be changed."""
        places = self.atoms(fits)
        if self.local is not None:
            places = [p for p in places if p in self.local or not p.isidentifier()]
        return self.chance.choice(places) if places else self.dropped()

    def dropped(self) -> str:
        raise Dropped

    def new(self) -> str:
        """A name to bind: a new one, or one that is there."""
        self.made += 1
        name = self.chance.choice(NAMES)
        if self.local is not None or self.chance.random() < 0.5:
            name = f"{name}{self.made}"
        return name

    def like(self, shape: tuple[int, ...], depth: int) -> str:
        """Something that broadcasts to a shape."""

        def broadcasts(value: object) -> bool:
            if not _is_array(value):
                return isinstance(value, NUMBER)
            try:
                return np.broadcast_shapes(value.shape, shape) == shape
            except ValueError:
                return False

        atoms = self.atoms(broadcasts)
        if atoms and self.chance.random() < 0.7:
            return self.chance.choice(atoms)
        return self.exactly(shape, depth)

    def exactly(self, shape: tuple[int, ...], depth: int) -> str:
        """Something of a shape."""
        atoms = self.atoms(lambda v: _is_array(v) and v.shape == shape)
        if atoms and self.chance.random() < 0.7:
            return self.chance.choice(atoms)
        size = int(np.prod(shape))
        return self.chance.choice([
            f"np.ones({shape})", f"np.full({shape}, {self.decimal()})",
            f"(np.arange({size}).reshape({shape}) / 7)", f"np.linspace(-1, 1, {size}).reshape({shape})",
        ])  # fmt: skip

    def right(self, shape: tuple[int, ...], depth: int) -> str:
        """A right factor of a product."""
        last = shape[-1] if shape else 1
        atoms = self.atoms(
            lambda v: _is_array(v) and v.ndim <= 2 and v.shape[-2 if v.ndim > 1 else 0] == last
        )
        turned = self.atoms(lambda v: _is_array(v) and v.ndim == 2 and v.shape[1] == last)
        atoms += [f"{atom}.T" for atom in turned]
        return self.chance.choice(atoms or [self.exactly((last, 2), depth)])

    def index(self, text: str, depth: int) -> str:
        """What may stand between the brackets behind an array."""
        shape = np.shape(self.value(text))
        draw = self.chance.random()
        if draw < 0.15:
            return f"{text} > {self.decimal()}"
        if draw < 0.25 and len(shape) == 2:
            return self.chance.choice([
                f"np.arange({shape[0]}), {[self.chance.randrange(shape[1]) for _ in range(shape[0])]}",
                f"np.arange({shape[0]})[:, None], [0, -1]", "np.ix_([0], [0, -1])", f"np.triu_indices({shape[0]})",
                "[0, 0, -1]", ":, [0, -1]", "[0, -1], :", f"{text} == {text}.max()", "..., [0, 0]",
            ])  # fmt: skip
        if draw < 0.35:
            return self.chance.choice([
                "[0, -1]", "np.array([0, 0, -1])", f"np.nonzero({text})", f"np.where({text} > 0)", f"np.arange({shape[0] if shape else 0}) % 2 == 0",
                "...", "()", "None", "np.array([0])", f"~({text} > 0)", "[[0, -1], [-1, 0]]",
            ])  # fmt: skip
        axes = [self.along(size) for size in shape[: self.chance.randint(1, max(1, len(shape)))]]
        if self.chance.random() < 0.2:
            axes.insert(
                self.chance.randint(0, len(axes)), self.chance.choice(["None", "np.newaxis"])
            )
        if self.chance.random() < 0.15:
            axes.insert(self.chance.choice([0, len(axes)]), "...")
        return ", ".join(axes)

    def along(self, size: int) -> str:
        """An index of one axis."""
        one = self.chance.randint(-size, size - 1)
        return self.chance.choice([
            str(one), str(one), ":", ":", "1:", ":-1", "::-1", "::2", f"{self.chance.randint(-size, size)}:{self.chance.randint(-size, size + 2)}",
            f":{size - 1}", "-1::-2", f"{one}::{self.chance.choice([-2, -1, 1, 2])}", "0:1", "-1:", "slice(None)", "slice(0, 2)",
        ])  # fmt: skip

    def decimal(self) -> str:
        return str(self.chance.choice([0.5, 0.1, 1.5, -0.25, 2.0, 1e-3, 0.9, -1.0, 3.0]))


def indented(texts: list[str]) -> str:
    lines = [line for text in texts for line in text.splitlines()]
    return "".join(f"    {line}\n" for line in lines)


def _shape(writer: Writer) -> str:
    sizes = [str(writer.chance.randint(1, 4)) for _ in range(writer.chance.randint(1, 3))]
    return "(" + ", ".join(sizes) + ",)"


def _as_many(writer: Writer, shape: tuple[int, ...], depth: int) -> str:
    size = int(np.prod(shape))
    factors = [n for n in range(1, size + 1) if size % n == 0]
    rows = writer.chance.choice(factors)
    return writer.chance.choice(
        [
            f"({rows}, {size // rows})",
            f"({rows}, -1)",
            f"(-1, {rows})",
            f"({size},)",
            f"(1, {size}, 1)",
            f"{(*shape, 1)}",
        ]
    )


def _axis(writer: Writer, shape: tuple[int, ...], depth: int) -> str:
    count = max(1, len(shape))
    return str(writer.chance.randint(-count, count - 1))


def _axes(writer: Writer, shape: tuple[int, ...], depth: int) -> str:
    count = max(1, len(shape))
    some = writer.chance.sample(range(count), writer.chance.randint(1, count))
    return writer.chance.choice([str(some[0]), str(tuple(some)), "None", str(some[0] - count)])


def _order(writer: Writer, shape: tuple[int, ...], depth: int) -> str:
    return str(tuple(writer.chance.sample(range(len(shape)), len(shape))))


def _writable(value: object) -> bool:
    return _is_array(value) and value.flags.writeable and value.dtype != bool


PLAIN: Mapping[str, Callable[[Writer], str]] = {
    "n": lambda w: str(w.chance.randint(1, 4)),
    "c": lambda w: str(w.chance.choice([0, 1, -1, 1, 2])),
    "q": Writer.decimal,
    "t": lambda w: w.chance.choice(["True", "False"]),
    "D": lambda w: w.chance.choice(
        "float int bool np.float32 np.float64 np.int32 np.int64 'float32' 'float64' 'int64' np.float32".split()
    ),
    "sh": _shape,
    "name": lambda w: w.chance.choice(["W1", "b1", "dW1", "db", "x", "h", "loss"]),
    "new": Writer.new,
    "P": lambda w: f"(np.abs({w.piece('A', 3)}) + 0.5)",
    "Y": lambda w: w.chance.choice(["y", "np.array([0, 1, 1])", "y % 2", "[0, 2, 1]"]),
}
HELD: Mapping[str, Callable[[object], bool]] = {
    "arr": _writable,
    "mat": lambda v: _writable(v) and v.ndim == 2 and min(v.shape) > 1,
    "num": lambda v: isinstance(v, int | float | np.floating),
    "dct": lambda v: type(v) is dict,
    "lst": lambda v: type(v) is list and len(v) > 0,
    "fun": lambda v: isinstance(v, types.FunctionType),
}
SHAPED: Mapping[str, Callable[[Writer, tuple[int, ...], int], str]] = {
    "E": Writer.exactly,
    "F": Writer.like,
    "R": Writer.right,
    "J": lambda w, shape, depth: w.exactly((w.chance.randint(1, 3), *shape[1:]), depth),
    "G": _as_many,
    "X": _axis,
    "XX": _axes,
    "O": _order,
}


def program(seed: int) -> Made:
    """The random program of a seed; the same every time."""
    writer = Writer(seed)
    return writer.program(writer.chance.randint(5, 30))


def refused_program(seed: int) -> Made:
    """A random program with statements that the grader does not run."""
    return Writer(seed).program(12, refused=True)


def shrunk(text: str, fails: Callable[[str], bool]) -> str:
    """The program without the statements that a failure does not need."""
    tree = ast.parse(text)
    at = len(tree.body) - 1
    while at >= 0:
        fewer = ast.Module([*tree.body[:at], *tree.body[at + 1 :]], [])
        if fewer.body and fails(ast.unparse(fewer)):
            tree = fewer
            at = min(at, len(tree.body))
        at -= 1
    return ast.unparse(tree)
