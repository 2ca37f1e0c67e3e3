/**
 * The word that was probably meant: the same but for case and punctuation, at most one edit in three letters away, or the only one with the word in it; undefined:
 * none is that near.
 */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\d]/gu, "");
  const [containing, ...more] = words.filter((one) => plain(word).length > 2 && plain(one).includes(plain(word)));
  const [best] = words
    .map((one) => ({ one, edits: edits(plain(word), plain(one)) }))
    .filter(({ one, edits: count }) => count * 3 <= Math.max(3, one.length))
    .sort((a, b) => a.edits - b.edits);
  return best?.one ?? (more.length === 0 ? containing : undefined);
}

/** Letters to add, remove, replace or swap with their neighbour (optimal string alignment distance). */
function edits(from: string, to: string): number {
  const rows: number[][] = [];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 0; row <= from.length; row += 1) {
    rows[row] = [];
    for (let column = 0; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      rows[row]?.push(
        row === 0 || column === 0
          ? row + column
          : Math.min(
              at(row - 1, column) + 1,
              at(row, column - 1) + 1,
              at(row - 1, column - 1) + (same ? 0 : 1),
              swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
            ),
      );
    }
  }
  return at(from.length, to.length);
}
