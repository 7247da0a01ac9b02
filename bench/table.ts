/** Lays rows out in columns: the first to the left, the others, numbers, to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

const pad = (cell: string, width: number, column: number): string =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width);

/** 12345 as `12,345`. */
export const grouped = (value: number): string => value.toLocaleString('en-US');
