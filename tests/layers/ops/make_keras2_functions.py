"""Writes keras2_functions.json.gz: what Keras 2 saves and infers for functions of TensorFlow.

Needs TensorFlow and tf_keras, in an environment of their own:
    TF_USE_LEGACY_KERAS=1 python tests/layers/ops/make_keras2_functions.py
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras as keras

K = keras.backend
ONES = np.ones((3, 3, 3, 4), "float32")
FILE = Path(__file__).with_name("keras2_functions.json.gz")
EXPRESSIONS = """
x+y
x-1.0
2.0/x
-x
abs(x)
x**2
x//2.0
x%2.0
x@tf.transpose(x,[0,1,3,2])
x>0
x[:,0]
x[:,1:3]
x[...,tf.newaxis]
x[...,-1:]
x[:,::2,:,0]
x[:,:-1]
x[:,None]
tf.add(x,y)
tf.math.add(x,y)
tf.add_n([x,y])
tf.math.multiply(x,3.0)
tf.matmul(x,y,transpose_b=True)
tf.linalg.matmul(x,y,transpose_a=True)
tf.reshape(x,[-1,72,3])
tf.reshape(x,(tf.shape(x)[0],216))
tf.reshape(x,tf.stack([tf.shape(x)[0],216]))
tf.transpose(x,[0,2,1,3])
tf.transpose(x,perm=[0,3,1,2])
tf.concat([x,y],axis=-1)
tf.concat([x,y],-1)
tf.stack([x,y],axis=1)
tf.unstack(x,axis=1)[0]
tf.split(x,3,axis=-1)[1]
tf.split(x,[1,2],axis=-1)[1]
tf.split(x,num_or_size_splits=2,axis=1)[1]
tf.expand_dims(x,-1)
tf.expand_dims(x,axis=1)
tf.squeeze(x[:,0:1],axis=1)
tf.squeeze(x[:,0:1],[1])
tf.squeeze(x[:,0:1])
tf.reduce_mean(x,axis=[1,2])
tf.reduce_mean(x,[1,2],keepdims=True)
tf.reduce_sum(x,-1)
tf.reduce_sum(x)
tf.reduce_max(x,axis=1)
tf.math.reduce_std(x,axis=1)
tf.math.reduce_variance(x,axis=1)
tf.reduce_logsumexp(x,axis=1)
tf.reduce_any(x>0,axis=1)
tf.nn.relu(x)
tf.nn.relu6(x)
tf.nn.leaky_relu(x,alpha=.1)
tf.nn.softmax(x,axis=-1)
tf.nn.sigmoid(x)
tf.sigmoid(x)
tf.tanh(x)
tf.nn.gelu(x)
tf.nn.swish(x)
tf.nn.elu(x)
tf.nn.softplus(x)
tf.nn.l2_normalize(x,axis=-1)
tf.math.l2_normalize(x,-1)
tf.nn.dropout(x,0.5)
tf.nn.bias_add(x,[1.,2.,3.])
tf.nn.max_pool2d(x,2,2,"SAME")
tf.nn.max_pool(x,2,2,"VALID")
tf.nn.avg_pool2d(x,[2,2],[2,2],padding="VALID")
tf.nn.avg_pool(x,3,1,"SAME")
tf.nn.conv2d(x,ONES,strides=1,padding="SAME")
tf.nn.conv2d(x,ONES,strides=[1,2,2,1],padding="VALID")
tf.nn.depthwise_conv2d(x,np.ones((3,3,3,2),"float32"),strides=[1,1,1,1],padding="SAME")
tf.nn.conv2d_transpose(x,np.ones((3,3,4,3),"float32"),output_shape=[2,16,18,4],strides=2)
tf.nn.depth_to_space(x[...,0:1]*tf.ones((1,1,1,4)),2)
tf.nn.space_to_depth(x[:,:,:8],2)
tf.nn.embedding_lookup(np.ones((10,4),"float32"),tf.cast(x[:,:,0,0],tf.int32))
tf.nn.moments(x,axes=[1,2])
tf.nn.batch_normalization(x,0.,1.,None,None,1e-3)
tf.nn.local_response_normalization(x)
tf.nn.log_softmax(x)
tf.nn.top_k(x,2)
tf.math.top_k(x,2)
tf.image.resize(x,(4,5))
tf.image.resize(x,[16,18],method="nearest")
tf.image.resize(x,size=(4,5),method=tf.image.ResizeMethod.BILINEAR)
tf.compat.v1.image.resize_bilinear(x,(4,5))
tf.compat.v1.image.resize_nearest_neighbor(x,(4,5))
tf.compat.v1.image.resize_images(x,(4,5))
tf.image.central_crop(x,0.5)
tf.image.flip_left_right(x)
tf.image.rgb_to_grayscale(x)
tf.image.grayscale_to_rgb(x[...,0:1])
tf.image.resize_with_pad(x,4,5)
tf.image.per_image_standardization(x)
tf.image.extract_patches(x,[1,2,2,1],[1,2,2,1],[1,1,1,1],"VALID")
tf.image.crop_to_bounding_box(x,1,1,4,5)
tf.image.convert_image_dtype(x,tf.float32)
tf.cast(x,tf.int32)
tf.cast(x,"float16")
tf.identity(x)
tf.stop_gradient(x)
tf.zeros_like(x)
tf.ones_like(x)
tf.fill(tf.shape(x),1.0)
tf.zeros(tf.shape(x))
tf.shape(x)
tf.shape(x)[1]
tf.size(x)
tf.rank(x)
tf.tile(x,[1,2,1,1])
tf.repeat(x,2,axis=1)
tf.repeat(x,repeats=[1,2,3],axis=3)
tf.pad(x,[[0,0],[1,1],[1,1],[0,0]])
tf.pad(x,[[0,0],[1,1],[1,1],[0,0]],"REFLECT")
tf.gather(x,[0,1],axis=1)
tf.gather(x,tf.constant([0,1]),axis=-1)
tf.gather(x,0,axis=1)
tf.gather_nd(x,tf.zeros((2,1),tf.int32))
tf.boolean_mask(x,x[:,0,0,0]>0)
tf.where(x>0,x,y)
tf.where(x>0,x,0.0)
tf.clip_by_value(x,0.,1.)
tf.maximum(x,0.)
tf.minimum(x,y)
tf.square(x)
tf.sqrt(x)
tf.math.rsqrt(x)
tf.exp(x)
tf.math.log(x)
tf.math.log1p(x)
tf.sign(x)
tf.round(x)
tf.math.floor(x)
tf.math.divide_no_nan(x,y)
tf.pow(x,2.)
tf.math.squared_difference(x,y)
tf.math.erf(x)
tf.sin(x)
tf.math.argmax(x,axis=-1)
tf.argmax(x,-1)
tf.argmin(x,axis=1)
tf.cumsum(x,axis=1)
tf.math.cumsum(x,1)
tf.one_hot(tf.cast(x,tf.int32),5)
tf.one_hot(tf.cast(x,tf.int32),depth=5,axis=1)
tf.einsum("bhwc,bhwd->bcd",x,y)
tf.tensordot(x,y,axes=[[3],[3]])
tf.tensordot(x,np.ones((3,7),"float32"),1)
tf.linalg.norm(x,axis=-1)
tf.norm(x,axis=-1,keepdims=True)
tf.linalg.diag(x[...,0])
tf.linalg.diag_part(x[...,0])
tf.linalg.band_part(x,0,-1)
tf.linalg.inv(x[:,:3,:3,0])
tf.linalg.det(x[:,:3,:3,0])
tf.linalg.trace(x[...,0])
tf.broadcast_to(x,[4,8,9,3])
tf.broadcast_to(x[:,:1],tf.shape(x))
tf.reverse(x,axis=[1])
tf.roll(x,1,axis=1)
tf.sort(x,axis=-1)
tf.argsort(x,axis=-1)
tf.slice(x,[0,0,0,0],[-1,2,2,3])
tf.strided_slice(x,[0,0,0,0],[2,4,4,3],[1,2,2,1])
tf.equal(x,y)
tf.greater(x,0.)
tf.logical_and(x>0,y>0)
tf.logical_not(x>0)
tf.meshgrid(x[0,0,0],x[0,0,0])[0]
tf.range(tf.shape(x)[1])
tf.sequence_mask(tf.cast(x[:,0,0,0],tf.int32),5)
tf.signal.fft(tf.cast(x,tf.complex64))
tf.signal.stft(x[...,0],4,2)
tf.signal.frame(x[...,0],4,2)
tf.strings.length(tf.strings.as_string(x))
tf.math.is_nan(x)
tf.nn.sigmoid_cross_entropy_with_logits(labels=x,logits=y)
tf.nn.softmax_cross_entropy_with_logits(labels=x,logits=y)
tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.cast(x[...,0],tf.int32),logits=y)
keras.losses.mse(x,y)
keras.losses.binary_crossentropy(x,y)
tf.reduce_prod(x,axis=1)
tf.math.reduce_euclidean_norm(x,axis=1)
tf.math.segment_sum(x[:,0,0,0],tf.cast(x[:,0,0,1],tf.int32))
tf.tensor_scatter_nd_update(x,[[0]],x[:1])
tf.scatter_nd([[0]],x[:1],[4,8,9,3])
tf.batch_to_space(x,[1,1],[[0,0],[0,0]])
tf.space_to_batch(x[:,:8,:8],[2,2],[[0,0],[0,0]])
tf.ensure_shape(x,[None,8,9,3])
tf.random.normal(tf.shape(x))
K.sum(x,axis=1)
K.mean(x,axis=[1,2],keepdims=True)
K.concatenate([x,y],axis=-1)
K.expand_dims(x,-1)
K.squeeze(x[:,0:1],1)
K.reshape(x,(-1,72,3))
K.permute_dimensions(x,(0,2,1,3))
K.batch_dot(x[:,0],y[:,0],axes=2)
K.l2_normalize(x,axis=-1)
K.softmax(x)
K.relu(x)
K.flatten(x)
K.batch_flatten(x)
K.repeat_elements(x,2,1)
K.repeat(x[:,0,0],4)
K.tile(x,[1,1,2,1])
K.stack([x,y],axis=1)
K.max(x,axis=-1,keepdims=True)
K.argmax(x,-1)
K.square(x)
K.sqrt(x)
K.exp(x)
K.abs(x)
K.clip(x,0,1)
K.cast(x,"int32")
K.sigmoid(x)
K.resize_images(x,2,2,"channels_last")
K.spatial_2d_padding(x)
K.one_hot(K.cast(x[:,:,0,0],"int32"),4)
K.gather(x,[0,1])
K.maximum(x,y)
K.switch(x>0,x,y)
K.reverse(x,1)
K.ones_like(x)
K.pool2d(x,(2,2),(2,2))
K.conv2d(x,ONES)
K.temporal_padding(x[:,0])
K.hard_sigmoid(x)
K.pow(x,2)
K.equal(x,y)
K.std(x,axis=1)
K.var(x,axis=1)
K.cumsum(x,axis=1)
K.any(x>0,axis=1)
K.elu(x)
K.stop_gradient(x)
K.epsilon()*x
keras.activations.relu(x)
keras.activations.gelu(x)
keras.activations.softmax(x)
keras.activations.relu(x,max_value=6.)
keras.applications.imagenet_utils.preprocess_input(x)
keras.applications.imagenet_utils.preprocess_input(x,mode="tf")
x/127.5-1.
tf.math.unsorted_segment_sum(x[:,0,0,0],tf.cast(x[:,0,0,1],tf.int32),4)
tf.math.bincount(tf.cast(x[:,0,0,0],tf.int32),minlength=4)
tf.searchsorted(tf.constant([1.,2.]),x[:,0,0,0])
tf.numpy_function(lambda a:a,[x],tf.float32)
tf.py_function(lambda a:a,[x],tf.float32)
tf.reshape(x,[-1,tf.shape(x)[1]*27])
tf.reshape(x,[tf.shape(x)[0],tf.shape(x)[1],27])
tf.reshape(z,[tf.shape(z)[0],tf.shape(z)[1]*9,3])
tf.reshape(x,tf.concat([tf.shape(x)[:2],[27]],0))
tf.image.resize(x,tf.shape(x)[1:3]*2)
tf.image.resize(x,[tf.shape(x)[1]*2,tf.shape(x)[2]*2])
tf.reshape(x,[-1,tf.reduce_prod(tf.shape(x)[1:])])
tf.tile(x,[1,tf.shape(x)[1],1,1])
tf.zeros([tf.shape(x)[0],5])
tf.zeros((tf.shape(x)[0],tf.shape(x)[1]+1))
tf.range(tf.shape(x)[1]*2)
tf.slice(x,[0,0,0,0],[-1,tf.shape(x)[1],2,3])
x[:,:tf.shape(x)[1]]
x[:,tf.shape(x)[1]-1]
z[:,:3]
z[:,-1]
z[:,::2]
tf.reduce_mean(z,axis=1)
tf.nn.max_pool2d(z,3,2,"SAME")
tf.concat([z,z],1)
tf.image.resize(z,[tf.shape(z)[1],4])
tf.transpose(z,[2,1,0,3])
"""


def facts(expression: str) -> dict[str, Any]:
    """The saved model whose output the expression is, and the output shape of each layer."""
    shapes = {"x": (8, 9, 3), "y": (8, 9, 3), "z": (None, 9, 3)}
    inputs = {name: keras.Input(shape, name=name) for name, shape in shapes.items()}
    outputs = tf.nest.flatten(eval(expression, globals(), inputs))
    model = keras.Model(list(inputs.values()), outputs)
    config = json.loads(model.to_json())
    for layer in config["config"]["layers"]:
        for key in ("trainable", "dtype", "sparse", "ragged"):
            layer["config"].pop(key, None)
    found = {
        layer.name: layer.output_shape
        for layer in model.layers
        if layer.__class__.__name__ != "InputLayer"
    }
    return {"expression": expression, "model": config, "shapes": found}


if __name__ == "__main__":
    records = [facts(line) for line in EXPRESSIONS.strip().splitlines()]
    data = json.dumps(records, separators=(",", ":"), default=list).encode()
    FILE.write_bytes(gzip.compress(data, mtime=0))
