import type { InferenceSession } from 'onnxruntime-node';

import type { BundleProblem } from './bundle-error.js';
import type { GraphSignature, TensorSignature } from './graph-signatures.js';

type GraphMetadata = Pick<InferenceSession, 'inputMetadata' | 'outputMetadata'>;

/** Compares what a graph takes and gives with what its manifest promises; returns what differs. */
export function checkGraph(file: string, graph: GraphMetadata, expected: GraphSignature): BundleProblem[] {
  return [
    ...compare(file, 'input', graph.inputMetadata, expected.inputs),
    ...compare(file, 'output', graph.outputMetadata, expected.outputs),
  ];
}

function compare(
  file: string,
  kind: 'input' | 'output',
  metadata: readonly InferenceSession.ValueMetadata[],
  expected: Readonly<Record<string, TensorSignature>>,
): BundleProblem[] {
  const found = new Map(metadata.map((tensor) => [tensor.name, describe(tensor)]));
  const problems: BundleProblem[] = [];
  const differ = (name: string, wanted: string, got: string) => {
    if (wanted === got) return;
    const field = `${kind} ${name}`;
    problems.push({ code: 'BUNDLE_GRAPH_MISMATCH', file, field, expected: wanted, found: got });
  };
  for (const [name, { type, shape }] of Object.entries(expected)) {
    differ(name, `${type} [${shape.join(', ')}]`, found.get(name) ?? 'none');
    found.delete(name);
  }
  for (const [name, got] of found) differ(name, 'none', got);
  return problems;
}

function describe(tensor: InferenceSession.ValueMetadata): string {
  return tensor.isTensor ? `${tensor.type} [${tensor.shape.join(', ')}]` : 'something that is no tensor';
}
