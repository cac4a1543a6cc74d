"""Which operators a graph from a stranger may use: arithmetic on tensors, and nothing else.

On the list is what `export` writes, and what other exporters of recurrent, convolutional and
transformer models write. Not on it is what draws chance of its own (a loop must come back from its
uniforms), works on texts or pictures, trains, or opens files. Standard library only.
"""

from loopwright.engine.errors import PresetError
from loopwright.engine.fields import shown
from loopwright.engine.onnxgraph import Model, read_model

MOST = 20_000  # operators of a graph, those of its bodies counted once
STANDARD, MICROSOFT = "", "com.microsoft"
SPELT_OUT = "ai.onnx"  # the same as no domain

PLAIN = """
Abs Add Ceil Clip CumSum Div Erf Exp Floor Log Max Mean Min Mod Mul Neg Pow Reciprocal Round
Sign Sqrt Sub Sum Sin Cos Tan Sinh Cosh Asin Acos Atan
And Or Not Xor Equal Greater GreaterOrEqual Less LessOrEqual Where IsInf IsNaN
BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor
Cast CastLike Constant ConstantOfShape EyeLike Identity OneHot Range Shape Size Trilu
Compress Concat DepthToSpace Expand Flatten Gather GatherElements GatherND NonZero Pad
Reshape ReverseSequence ScatterElements ScatterND Slice SpaceToDepth Split Squeeze Tile
Transpose Unsqueeze
ArgMax ArgMin ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin
ReduceProd ReduceSum ReduceSumSquare TopK Unique
Celu Elu Gelu HardSigmoid HardSwish Hardmax LeakyRelu LogSoftmax Mish PRelu Relu Selu Sigmoid
Softmax Softplus Softsign Swish Tanh ThresholdedRelu
BatchNormalization GroupNormalization InstanceNormalization LayerNormalization LRN
LpNormalization MeanVarianceNormalization RMSNormalization
Einsum Gemm MatMul Attention RotaryEmbedding
AveragePool Conv ConvTranspose GlobalAveragePool GlobalMaxPool LpPool MaxPool Resize
GRU LSTM RNN
If Loop Scan
DequantizeLinear DynamicQuantizeLinear QuantizeLinear ConvInteger MatMulInteger QLinearConv
QLinearMatMul
"""
CONTRIBUTED = """
Attention MultiHeadAttention GroupQueryAttention DecoderMaskedMultiHeadAttention QAttention
RotaryEmbedding EmbedLayerNormalization SkipLayerNormalization
SkipSimplifiedLayerNormalization BiasGelu BiasSplitGelu FastGelu Gelu QuickGelu BiasAdd
FusedConv FusedGemm FusedMatMul TransposeMatMul GatherBlockQuantized MatMulNBits
DynamicQuantizeLSTM DynamicQuantizeMatMul MatMulIntegerToFloat DequantizeLinear
QuantizeLinear QGemm QLinearAdd QLinearConcat QLinearLeakyRelu QLinearMul QLinearSigmoid
QLinearSoftmax QLinearWhere
"""
"""onnxruntime's own, which are faster or have fewer bits."""

ALLOWED = {STANDARD: frozenset(PLAIN.split()), MICROSOFT: frozenset(CONTRIBUTED.split())}
"""Operators by domain."""


def trusted(content: bytes) -> Model:
    """Return what an ONNX file holds. Raises PresetError unless it may be given to onnxruntime."""
    try:
        model = read_model(content)
    except PresetError as trouble:
        raise PresetError(f"this is no ONNX graph that can be trusted: {trouble}") from None
    check_operators(model)
    return model


def check_operators(model: Model) -> None:
    """Raise PresetError where a model has an operator that is not on the list, or too many."""
    for domain in model.domains:
        if plain(domain) not in ALLOWED:
            raise PresetError(
                f"its operators of {shown(domain)} are not among those that may be run"
            )
    if len(model.operators) > MOST:
        raise PresetError(f"it has more than {MOST} operators")
    for domain, name in model.operators:
        if name not in ALLOWED.get(plain(domain), ()):
            full = f"{domain}.{name}" if domain else name
            raise PresetError(f"its operator {shown(full)} is not among those that may be run")


def plain(domain: str) -> str:
    """Return a domain as it is written shortest."""
    return STANDARD if domain == SPELT_OUT else domain
