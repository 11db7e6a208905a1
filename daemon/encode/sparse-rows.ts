/** A matrix whose rows are zero but for one band each, such as a mel filter bank. */
export interface SparseRows {
  readonly count: number;
  /** Column of each row's first weight. */
  readonly firstColumn: Uint32Array;
  /** Where each row's weights begin in `weights`; one entry more than rows. */
  readonly offset: Uint32Array;
  readonly weights: Float64Array;
}

/** Keeps of each row of a dense row-major matrix [count, columns] what lies between its first and last non-zero. */
export function sparseRows(dense: Float32Array, count: number, columns: number): SparseRows {
  const firstColumn = new Uint32Array(count);
  const offset = new Uint32Array(count + 1);
  const weights: number[] = [];
  for (let row = 0; row < count; row += 1) {
    const values = dense.subarray(row * columns, (row + 1) * columns);
    const first = values.findIndex((value) => value !== 0);
    const end = values.findLastIndex((value) => value !== 0) + 1;
    if (first !== -1) {
      firstColumn[row] = first;
      for (let column = first; column < end; column += 1) weights.push(values[column]!);
    }
    offset[row + 1] = weights.length;
  }
  return { count, firstColumn, offset, weights: Float64Array.from(weights) };
}
