"""Exports trained weights to `.tflite`: rebuilds the graph in Keras, and TensorFlow quantizes it.

The model is integer throughout: weights int8 per channel, uint8 in and out. The ranges of activations come from frames
that hold every brightness, so that inputs 0..255 mean -1..1 (a narrower range silently mis-scales raw pixels).
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
import torch
from keras import layers
from numpy.typing import NDArray

from edge import atomic_file
from tools.training.network import STRIDE_4, STRIDE_8, STRIDE_16, Conv, Network, Separable

Frames = Callable[[], Iterator[NDArray[np.float32]]]
"""Yields calibration frames, [1, h, w, 3] from -1 to 1."""


def export(network: Network, size: tuple[int, int], frames: Frames, *, quantized: Path, real: Path) -> None:
    """Write the int8 file and its float32 twin for an input of that height and width."""
    model = _build(network.eval(), size)
    for path, is_quantized in ((real, False), (quantized, True)):
        converter = tf.lite.TFLiteConverter.from_keras_model(model)
        if is_quantized:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: ([frame] for frame in frames())
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.inference_input_type = converter.inference_output_type = tf.uint8
        content = converter.convert()
        atomic_file.write(path, content)


def _build(network: Network, size: tuple[int, int]) -> keras.Model:
    image = layers.Input((*size, 3), batch_size=1, name="image")
    x = _relu6(_conv(network.stem)(image))
    features = []
    for block in network.blocks:
        x = _separable(block, x)
        features.append(x)
    fine, middle, coarse = (features[i] for i in (STRIDE_4, STRIDE_8, STRIDE_16))
    at_8 = _relu6(layers.Add()([_twice(_conv(network.from_16)(coarse)), _conv(network.from_8)(middle)]))
    for block in network.at_8:
        at_8 = _separable(block, at_8)
    at_4 = _relu6(layers.Add()([_twice(_conv(network.down_8)(at_8)), _conv(network.from_4)(fine)]))
    for block in network.at_4:
        at_4 = _separable(block, at_4)
    texture = [_separable(network.texture_4, fine), _relu6(_conv(network.texture_8)(at_8))]
    texture = _separable(network.texture, layers.Concatenate()(texture))
    outputs = [
        _conv(network.heatmaps)(coarse),
        _conv(network.short_offsets)(coarse),
        _conv(network.mid_offsets)(coarse),
        _conv(network.garments)(at_4),
        _conv(network.patterns)(texture),
    ]
    return keras.Model(image, outputs)


def _separable(block: torch.nn.Module, x: keras.KerasTensor) -> keras.KerasTensor:
    assert isinstance(block, Separable)
    return _relu6(_conv(block.pointwise)(_relu6(_conv(block.depthwise)(x))))


def _conv(conv: Conv) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    """Return the convolution in Keras; padding "same" pads odd sizes equally on both sides, as PyTorch does here."""
    weight, bias = (part.numpy() for part in conv.fold())
    stride = conv.conv.stride[0]
    if conv.conv.groups > 1:
        layer = layers.DepthwiseConv2D(weight.shape[2], stride, padding="same")
        kernel = weight.transpose(2, 3, 0, 1)
    else:
        layer = layers.Conv2D(weight.shape[0], weight.shape[2], stride, padding="same")
        kernel = weight.transpose(2, 3, 1, 0)

    def apply(x: keras.KerasTensor) -> keras.KerasTensor:
        out = layer(x)
        layer.set_weights([kernel, bias])
        return out

    return apply


def _relu6(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.ReLU(6.0)(x)


def _twice(x: keras.KerasTensor) -> keras.KerasTensor:
    size = [2 * side - 1 for side in x.shape[1:3]]
    return layers.Lambda(lambda t: tf.compat.v1.image.resize_bilinear(t, size, align_corners=True))(x)
