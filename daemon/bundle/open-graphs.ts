import path from 'node:path';

import { InferenceSession } from 'onnxruntime-node';

import { refuseIfAny, type BundleProblem } from './bundle-error.js';
import { checkGraph } from './check-graph.js';
import { GRAPH_FILES, graphSignatures, type GraphName } from './graph-signatures.js';
import type { Bundle } from './load-files.js';

/** The three sessions of a bundle. */
export interface Graphs extends Readonly<Record<GraphName, InferenceSession>> {
  release(): Promise<void>;
}

export interface GraphOptions {
  /** Threads within one operator; 1 is cheapest in CPU time, 2 quicker. */
  readonly threads: number;
}

/**
 * Opens the graphs of a bundle and checks their signatures against the manifest.
 * @throws BundleError with every problem of the three graphs at once; nothing stays open then.
 */
export async function openGraphs({ directory, manifest }: Bundle, { threads }: GraphOptions): Promise<Graphs> {
  const signatures = graphSignatures(manifest);
  const sessions: Partial<Record<GraphName, InferenceSession>> = {};
  const release = async () => {
    for (const session of Object.values(sessions)) await session.release();
  };
  const problems: BundleProblem[] = [];
  for (const name of Object.keys(GRAPH_FILES) as GraphName[]) {
    const file = GRAPH_FILES[name];
    try {
      const session = await InferenceSession.create(path.join(directory, file), sessionOptions(threads));
      sessions[name] = session;
      problems.push(...checkGraph(file, session, signatures[name]));
    } catch (cause) {
      const found = cause instanceof Error ? cause.message : String(cause);
      const expected = 'a graph that ONNX Runtime can load';
      problems.push({ code: 'BUNDLE_GRAPH_UNREADABLE', file, expected, found, cause });
    }
  }
  const { encoder, memory, decoder } = sessions;
  if (problems.length > 0 || !encoder || !memory || !decoder) {
    await release();
    refuseIfAny(directory, problems);
    throw new Error('unreachable: a session is missing without a problem');
  }
  return { encoder, memory, decoder, release };
}

/** Shapes are fixed, so the arena settles after one run; without it memory grows from run to run. */
function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: true,
    // A spinning thread burns a core of a small board between windows.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}
