"""Operations on symbolic tensors, which a model records."""
