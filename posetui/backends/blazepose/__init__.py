"""BlazePose: MediaPipe's networks in ONNX Runtime, under a pipeline of our own."""
