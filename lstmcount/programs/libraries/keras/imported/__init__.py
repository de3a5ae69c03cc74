"""What programs import from Keras and TensorFlow."""
