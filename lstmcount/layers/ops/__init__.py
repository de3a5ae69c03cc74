"""Operations of `keras.ops` as nodes of a functional model: output shapes and MACs.

An operation has no weights. Its output depends on the arguments of its constructor and of its call.
"""
