import { Tensor, type TypedTensor } from 'onnxruntime-node';

/** A tensor of zeros over memory of its own, to be written again and again. */
export function float32Tensor(shape: readonly number[]): TypedTensor<'float32'> {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return new Tensor('float32', new Float32Array(size), shape);
}
