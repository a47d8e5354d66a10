"""Any ONNX file of a known family: recognised by what it takes and gives, then run as its makers meant."""
